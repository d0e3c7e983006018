-- Orders that are taken again as the marketplace shows them, and whose returns are. Reads only.
-- Parameters: reconciliation_id.
select distinct number
from order_difference
where reconciliation_id = %(reconciliation_id)s and side = 'marketplace' and cause not in ('in_flight', 'missing_there')
order by number
