-- A label is kept under that name; a null name: there was none, look again later. Nothing where the carrier's order is
-- another one by now. Parameters: shipment_id, their_number, label_file, label_not_before, error, now.
update shipment
set
    label_file = %(label_file)s,
    label_not_before = %(label_not_before)s,
    error = %(error)s,
    changed_at = %(now)s
where shipment_id = %(shipment_id)s and their_number = %(their_number)s and state = 'accepted'
