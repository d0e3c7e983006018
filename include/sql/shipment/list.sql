-- Shipments that are not over, or of one order, the most urgent first. Parameters: number (null: all), at_most.
select
    posting.account,
    posting.number,
    shipment.carrier,
    shipment.our_number,
    shipment.their_number,
    shipment.pickup_date,
    shipment.state,
    shipment.stage,
    shipment.cancel_answer,
    shipment.error
from shipment
join posting using (posting_id)
where
    posting.number = %(number)s
    or (
        %(number)s::text is null
        and (
            shipment.state in ('waiting', 'asked', 'pending', 'refused')
            or (
                shipment.state = 'accepted'
                and coalesce(shipment.stage, 'ordered') not in ('delivered', 'returned', 'cancelled')
            )
        )
    )
order by posting.ship_by nulls last, shipment.shipment_id
limit %(at_most)s
