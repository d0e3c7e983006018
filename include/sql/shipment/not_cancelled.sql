-- The carrier does not cancel by itself: a person must act. Parameters: shipment_id, cancel_answer, error, now.
update shipment
set cancel_answer = %(cancel_answer)s, error = %(error)s, troubles = 0, changed_at = %(now)s
where shipment_id = %(shipment_id)s
