-- What was uploaded and not handed over is given up. Parameters: session_id, number, state, result, now.
update exchange_batch
set state = %(state)s, result = %(result)s, changed_at = %(now)s
where session_id = %(session_id)s and number = %(number)s and state = 'open'
