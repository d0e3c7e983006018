-- What could not be loaded waits for its pause. Parameters: failed. Reads settled.
update change as c
set not_before = r.again_at
from settled as a
inner join gallery_retry as r using (offer_id)
where c.change_id = a.change_id and a.result = 'retry' and a.offer_id = any(%(failed)s::bigint[])
