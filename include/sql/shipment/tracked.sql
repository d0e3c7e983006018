-- The carrier was asked where a shipment is. Parameters: shipment_id, now.
update shipment
set tracked_at = %(now)s
where shipment_id = %(shipment_id)s
