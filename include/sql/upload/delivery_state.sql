-- Parameters: exchange_id.
select state, counts, error, delivered_at
from exchange
where exchange_id = %(exchange_id)s
