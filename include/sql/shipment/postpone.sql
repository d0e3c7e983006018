-- Passing trouble with a shipment: it is taken up again later. Parameters: shipment_id, error, not_before, now.
update shipment
set error = %(error)s, troubles = troubles + 1, not_before = %(not_before)s, changed_at = %(now)s
where shipment_id = %(shipment_id)s
