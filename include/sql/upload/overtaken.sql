-- Whether another delivery came after the last one of a session: closing the session would bring old values back.
-- Reads only. Parameters: session_id.
with own as (
    select max(exchange_id) as newest
    from exchange_batch
    where session_id = %(session_id)s
)

select coalesce(max(e.exchange_id) > max(own.newest), false) as overtaken
from exchange as e
cross join own
