-- Shipments of orders that were cancelled meanwhile are to be cancelled too. May be repeated.
-- Parameters: carrier, now.
update shipment
set
    state = case when shipment.state = 'waiting' then 'cancelled' else shipment.state end,
    cancel_asked_at = %(now)s,
    cancel_asked_by = 'отмена заказа',
    not_before = null,
    changed_at = %(now)s
from posting
where
    posting.posting_id = shipment.posting_id
    and posting.status = 'cancelled'
    and shipment.carrier = %(carrier)s
    and shipment.cancel_asked_at is null
    and shipment.state in ('waiting', 'asked', 'pending', 'accepted')
    and coalesce(shipment.stage, 'ordered') not in ('delivered', 'returning', 'returned', 'cancelled', 'lost')
