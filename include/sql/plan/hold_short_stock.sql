-- Hold the falls to zero that come from a delivery with far fewer rows than are known. Reads pending.
update pending as p
set guard = 'short_delivery'
from exchange as e
where
    p.guard is null and p.release_id is null and p.origin is null
    and p.amount = 0 and p.from_amount > 0
    and e.exchange_id = p.exchange_id and e.counts -> 'held' is not null
