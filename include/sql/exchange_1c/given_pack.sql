-- Which orders a session was given last. Parameters: session_id.
select pack_id
from exchange_session
where session_id = %(session_id)s
