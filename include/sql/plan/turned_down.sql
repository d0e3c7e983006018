-- What a person has turned down stays held, though its guard would let it go by now. Parameters: channel, now.
-- Reads pending.
update pending as p
set guard = r.guard
from release as r
where
    p.guard is null and p.origin is null
    and r.offer_id = p.offer_id and r.channel = %(channel)s and r.warehouse = p.warehouse
    and r.verdict = 'discarded' and r.expires_at > %(now)s
    and (r.to_amount, r.to_old, r.to_floor, r.to_hash, r.to_text)
    is not distinct from (p.amount, p.old, p.floor, p.hash, p.text)
