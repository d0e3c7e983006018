-- Remember property definitions; a directory grows by what is delivered. Parameters: rows.
insert into store_property (guid, name, kind, values)
select r.guid, r.name, r.kind, r.values
from jsonb_to_recordset(%(rows)s) as r (guid text, name text, kind text, values jsonb)
on conflict (guid) do update
set name = excluded.name, kind = excluded.kind, values = store_property.values || excluded.values
where
    (store_property.name, store_property.kind) <> (excluded.name, excluded.kind)
    or not store_property.values @> excluded.values
