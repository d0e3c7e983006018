-- Shipments of a carrier whose order is not settled yet, or is to be cancelled, the most urgent first; those of
-- accounts that send nothing wait. Parameters: carrier, accounts, now, at_most.
select
    shipment.shipment_id,
    shipment.posting_id,
    posting.account,
    posting.number,
    shipment.our_number,
    shipment.pickup_date,
    shipment.state,
    shipment.asked,
    shipment.their_number,
    shipment.troubles,
    shipment.cancel_asked_at,
    shipment.label_file,
    buyer.person
from shipment
join posting using (posting_id)
left join buyer using (posting_id)
where
    shipment.carrier = %(carrier)s
    and posting.account = any(%(accounts)s)
    and (
        shipment.state in ('waiting', 'asked', 'pending')
        or (shipment.state = 'accepted' and shipment.cancel_asked_at is not null and shipment.cancel_answer is null)
    )
    and (shipment.not_before is null or shipment.not_before <= %(now)s)
order by posting.ship_by nulls last, shipment.shipment_id
limit %(at_most)s
