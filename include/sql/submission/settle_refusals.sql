-- A refused value is not sent again. Parameters: now. Reads settled.
insert into refusal (
    offer_id, channel, warehouse, origin, code, field, message, amount, old, floor, hash, since
)
select
    offer_id, channel, warehouse, 'marketplace', coalesce(code, 'unknown'), field, coalesce(message, ''),
    to_amount, to_old, to_floor, to_hash, %(now)s
from settled
where result = 'rejected'
on conflict (offer_id, channel, warehouse) do update
set
    origin = excluded.origin, code = excluded.code, field = excluded.field, message = excluded.message,
    amount = excluded.amount, old = excluded.old, floor = excluded.floor, hash = excluded.hash,
    since = excluded.since, again_at = null
