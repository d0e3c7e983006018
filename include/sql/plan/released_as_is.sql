-- A verdict is about one value: where a guard's rules have made another one of it, that verdict is not about it.
-- Reads pending.
update pending as p
set release_id = null
from release as r
where
    r.release_id = p.release_id
    and (r.to_amount, r.to_old, r.to_floor, r.to_hash, r.to_text)
    is distinct from (p.amount, p.old, p.floor, p.hash, p.text)
