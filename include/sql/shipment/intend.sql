-- The carrier is about to be asked: committed before the call. No row: somebody else has it in hand.
-- Parameters: shipment_id, pickup_date, now.
update shipment
set state = 'asked', pickup_date = %(pickup_date)s, attempts = attempts + 1, changed_at = %(now)s
where shipment_id = %(shipment_id)s and state in ('waiting', 'asked')
returning shipment_id
