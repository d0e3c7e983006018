-- Accepted shipments whose label is not kept yet; after the day of the pickup there is none.
-- Parameters: carrier, accounts, day, now, at_most.
select
    shipment.shipment_id,
    shipment.posting_id,
    posting.account,
    posting.number,
    shipment.our_number,
    shipment.their_number,
    shipment.asked,
    buyer.person
from shipment
join posting using (posting_id)
left join buyer using (posting_id)
where
    shipment.carrier = %(carrier)s
    and posting.account = any(%(accounts)s)
    and shipment.state = 'accepted'
    and shipment.label_file is null
    and shipment.cancel_asked_at is null
    and shipment.pickup_date >= %(day)s
    and (shipment.label_not_before is null or shipment.label_not_before <= %(now)s)
order by posting.ship_by nulls last, shipment.shipment_id
limit %(at_most)s
