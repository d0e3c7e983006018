-- A label task that is over; `unnamed`: its pages did not say whose they are.
-- Parameters: label_request_id, state, error, unnamed.
update label_request
set
    state = %(state)s,
    error = %(error)s,
    unnamed = %(unnamed)s,
    next_look_at = null
where label_request_id = %(label_request_id)s
returning label_request_id
