-- What the carrier made of the order. May be repeated.
-- Parameters: shipment_id, state, their_number (null: as it was), status_there, error, not_before, now.
update shipment
set
    state = %(state)s,
    their_number = coalesce(%(their_number)s, their_number),
    status_there = %(status_there)s,
    error = %(error)s,
    troubles = 0,
    not_before = %(not_before)s,
    label_file = case when %(state)s <> 'cancelled' then label_file end,
    changed_at = %(now)s
where shipment_id = %(shipment_id)s
