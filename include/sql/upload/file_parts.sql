-- Parameters: session_id, batch, file.
select number, object, bytes, hash, head
from exchange_part
where session_id = %(session_id)s and batch = %(batch)s and file = %(file)s
order by number
