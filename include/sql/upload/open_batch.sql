-- Parameters: session_id, kind.
select number, asked
from exchange_batch
where session_id = %(session_id)s and kind = %(kind)s and state = 'open'
