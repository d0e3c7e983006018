-- Hold the large price moves that come from a delivery with far fewer rows than are known. Parameters: moved_by.
-- Reads pending.
update pending as p
set guard = 'short_delivery'
from exchange as e
where
    p.guard is null and p.release_id is null
    and abs(p.amount - p.from_amount) > p.from_amount * %(moved_by)s::numeric
    and e.exchange_id = p.exchange_id and e.counts -> 'held' is not null
