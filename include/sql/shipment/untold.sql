-- Accepted shipments whose tracking number the marketplace neither shows nor was ever asked to take.
-- Parameters: carrier, at_most.
select
    shipment.posting_id,
    posting.number,
    shipment.their_number
from shipment
join posting using (posting_id)
where
    shipment.carrier = %(carrier)s
    and shipment.state = 'accepted'
    and shipment.cancel_asked_at is null
    and posting.status <> 'cancelled'
    and posting.tracking_number is distinct from shipment.their_number
    and coalesce(shipment.stage, 'ordered') not in ('delivered', 'returned', 'cancelled', 'lost')
    and not exists (
        select 1
        from order_task
        where
            order_task.posting_id = shipment.posting_id
            and order_task.kind = 'tracking'
            and order_task.asked ->> 'number' = shipment.their_number
    )
order by shipment.posting_id
limit %(at_most)s
