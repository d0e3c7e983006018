-- Parameters: session_id, pack_id (null: none).
update exchange_session
set pack_id = %(pack_id)s
where session_id = %(session_id)s
