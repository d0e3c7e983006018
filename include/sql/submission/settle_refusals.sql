-- A refused value is not sent again before again_at: what stood in its way may be gone by then.
-- Parameters: now, again_at. Reads settled.
insert into refusal (
    offer_id, channel, warehouse, origin, code, field, message, amount, old, floor, hash, text, since,
    again_at
)
select
    offer_id, channel, warehouse, 'marketplace', coalesce(code, 'unknown'), field, coalesce(message, ''),
    to_amount, to_old, to_floor, to_hash, to_text, %(now)s, %(again_at)s
from settled
where result = 'rejected'
on conflict (offer_id, channel, warehouse) do update
set
    origin = excluded.origin, code = excluded.code, field = excluded.field, message = excluded.message,
    amount = excluded.amount, old = excluded.old, floor = excluded.floor, hash = excluded.hash,
    text = excluded.text,
    since = excluded.since, again_at = excluded.again_at
