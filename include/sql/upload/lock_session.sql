-- One at a time changes what a session uploaded. Parameters: session_id.
select session_id
from exchange_session
where session_id = %(session_id)s and ended_at is null
for update
