-- Take in the warehouses that were declared, and those that counts only name. Parameters: rows; a null name is of one
-- that was not declared, and overwrites nothing.
insert into store_warehouse (guid, name)
select r.guid, coalesce(r.name, r.guid)
from jsonb_to_recordset(%(rows)s) as r (guid text, name text)
where r.name is not null or not exists (select from store_warehouse as w where w.guid = r.guid)
on conflict (guid) do update
set name = excluded.name
where store_warehouse.name <> excluded.name
