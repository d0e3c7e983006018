-- Parameters: session_id, now.
update exchange_batch
set state = 'dropped', changed_at = %(now)s
where session_id = %(session_id)s and state = 'open'
