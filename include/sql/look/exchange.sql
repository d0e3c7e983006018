-- How a delivery stands. Parameters: exchange_id.
select state, error, counts, extract(epoch from finished_at - started_at)::float8 as seconds
from exchange
where exchange_id = %(exchange_id)s
