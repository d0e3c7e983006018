-- Parameters: session_id, batch.
select file, object, bytes
from exchange_part
where session_id = %(session_id)s and batch = %(batch)s
order by file, number
