-- Parameters: session_id, version.
update exchange_session
set version = %(version)s
where session_id = %(session_id)s
