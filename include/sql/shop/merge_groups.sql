-- Take the groups in; their paths follow (group_paths). Parameters: rows.
insert into product_group (guid, parent_guid, name, path)
select r.guid, r.parent, r.name, r.name
from jsonb_to_recordset(%(rows)s) as r (guid text, parent text, name text)
on conflict (guid) do update
set parent_guid = excluded.parent_guid, name = excluded.name
where (product_group.parent_guid, product_group.name) is distinct from (excluded.parent_guid, excluded.name)
