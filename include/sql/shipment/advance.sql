-- Bring shipments to the stage that the latest event tells, and name those whose stage changed. May be repeated.
-- Parameters: shipments, now.
with latest as (
    select distinct on (shipment_id)
        shipment_id,
        stage,
        status
    from shipment_event
    where shipment_id = any(%(shipments)s) and stage <> 'other'
    order by shipment_id, coalesce(happened_at, received_at) desc, received_at desc, event_key desc
)

update shipment
set stage = latest.stage, status_there = latest.status, changed_at = %(now)s
from latest, posting
where
    shipment.shipment_id = latest.shipment_id
    and posting.posting_id = shipment.posting_id
    and shipment.stage is distinct from latest.stage
returning
    shipment.shipment_id,
    shipment.posting_id,
    posting.account,
    posting.number,
    posting.scheme,
    shipment.our_number,
    shipment.their_number,
    latest.stage
