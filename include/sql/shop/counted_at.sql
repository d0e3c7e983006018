-- What was booked before this moment, by our own clock, is in the counts of a delivery. Parameters: exchange_id.
select coalesce(began_at, delivered_at) as counted_at
from exchange
where exchange_id = %(exchange_id)s
