-- The order that a shipment is asked for, with the shipment that there may be; holds the order until the transaction
-- ends, so that two requests for it come one after the other. Parameters: posting_id.
select
    posting.posting_id,
    posting.account,
    posting.number,
    posting.scheme,
    posting.status,
    posting.currency,
    buyer.posting_id is not null as has_buyer,
    shipment.shipment_id,
    shipment.state as shipment_state
from posting
left join shipment using (posting_id)
left join buyer using (posting_id)
where posting_id = %(posting_id)s
for update of posting
