-- Parameters: session_id, number, state, asked, names, exchange_id, result, now.
update exchange_batch
set
    state = %(state)s, asked = %(asked)s, names = %(names)s, exchange_id = %(exchange_id)s, result = %(result)s,
    changed_at = %(now)s
where session_id = %(session_id)s and number = %(number)s and state = 'open'
