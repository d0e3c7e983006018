-- The shipment of an order. Parameters: posting_id.
select
    shipment.shipment_id,
    shipment.posting_id,
    posting.account,
    posting.number,
    shipment.carrier,
    shipment.our_number,
    shipment.their_number,
    shipment.pickup_date,
    shipment.state,
    shipment.stage,
    shipment.status_there,
    shipment.error,
    shipment.cancel_asked_at,
    shipment.cancel_answer,
    shipment.label_file,
    shipment.created_at,
    shipment.changed_at
from shipment
join posting using (posting_id)
where posting_id = %(posting_id)s
