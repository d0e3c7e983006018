-- Shipments of a carrier whose order is not settled yet, the most urgent first; the receiver only as long as it is
-- needed. Parameters: carrier, now, at_most.
select
    shipment.shipment_id,
    shipment.posting_id,
    posting.account,
    posting.number,
    posting.status as posting_status,
    shipment.our_number,
    shipment.pickup_date,
    shipment.state,
    shipment.asked,
    shipment.their_number,
    shipment.troubles,
    shipment.cancel_asked_at,
    buyer.person
from shipment
join posting using (posting_id)
left join buyer using (posting_id)
where
    shipment.carrier = %(carrier)s
    and shipment.state in ('waiting', 'asked', 'pending')
    and (shipment.not_before is null or shipment.not_before <= %(now)s)
order by posting.ship_by nulls last, shipment.shipment_id
limit %(at_most)s
