-- Accepted shipments that are not over, to be asked about one by one, those first that were not for longest.
-- Parameters: carrier, before, since, at_most.
select
    shipment_id,
    our_number,
    pickup_date
from shipment
where
    carrier = %(carrier)s
    and state = 'accepted'
    and coalesce(stage, 'ordered') not in ('delivered', 'returned', 'cancelled', 'lost')
    and (tracked_at is null or tracked_at <= %(before)s)
    and created_at >= %(since)s
order by tracked_at nulls first, shipment_id
limit %(at_most)s
