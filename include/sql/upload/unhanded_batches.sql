-- Batches that nothing was taken over of. Reads only. Parameters: session_id.
select number
from exchange_batch
where session_id = %(session_id)s and state in ('open', 'refused', 'dropped')
