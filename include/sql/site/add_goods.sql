-- Parameters: rows.
insert into site_good (xml_id, site_id, name, active)
select r.xml_id, r.site_id, r.name, r.active
from jsonb_to_recordset(%(rows)s) as r (xml_id text, site_id bigint, name text, active bool)
