-- The delivery of all batches of a session together, where there is one. Parameters: session_id.
select closing_id
from exchange_session
where session_id = %(session_id)s
