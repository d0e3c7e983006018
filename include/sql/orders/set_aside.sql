-- An event that cannot be used waits for a person. Parameters: event_id, error.
update posting_event
set state = 'set_aside', error = %(error)s, done_at = null, attempts = attempts + 1
where event_id = %(event_id)s
