-- Parameters: rows.
insert into site_price (xml_id, amount, currency)
select r.xml_id, r.amount, r.currency
from jsonb_to_recordset(%(rows)s) as r (xml_id text, amount numeric, currency text)
