-- The newest first. Parameters: session_id, kind.
select number, state, names, exchange_id, result
from exchange_batch
where session_id = %(session_id)s and kind = %(kind)s and state <> 'open'
order by number desc
