-- Orders that a side does not have, for the alert. Reads only. Parameters: reconciliation_id, limit.
select cause, count(*) as orders, (array_agg(number order by number))[1:%(limit)s] as numbers
from order_difference
where
    reconciliation_id = %(reconciliation_id)s
    and cause in ('missing_here', 'missing_there', 'missing_in_shop', 'missing_in_erp', 'return_unknown')
group by cause
order by cause
