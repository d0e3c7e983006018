-- Parameters: session_id, exchange_id.
update exchange_session
set closing_id = %(exchange_id)s
where session_id = %(session_id)s
