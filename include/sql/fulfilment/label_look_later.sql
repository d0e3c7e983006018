-- Look at a label task again; the moment at which it was first called completed stays.
-- Parameters: label_request_id, completed_at, next_look_at, error.
update label_request
set
    completed_at = coalesce(completed_at, %(completed_at)s),
    looks = looks + 1,
    next_look_at = %(next_look_at)s,
    error = %(error)s
where label_request_id = %(label_request_id)s
returning label_request_id
