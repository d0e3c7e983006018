-- Parameters: rows.
insert into site_stock (xml_id, warehouse, quantity)
select r.xml_id, r.warehouse, r.quantity
from jsonb_to_recordset(%(rows)s) as r (xml_id text, warehouse text, quantity numeric)
