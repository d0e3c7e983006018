-- Parameters: session_id, number, asked, now.
update exchange_batch
set asked = %(asked)s, changed_at = %(now)s
where session_id = %(session_id)s and number = %(number)s and state = 'open'
