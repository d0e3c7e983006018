-- The marketplace's name of a label task. Parameters: label_request_id, external_id, next_look_at.
update label_request
set external_id = %(external_id)s, next_look_at = %(next_look_at)s
where label_request_id = %(label_request_id)s
returning label_request_id
