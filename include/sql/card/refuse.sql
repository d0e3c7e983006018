-- What cannot be rendered, with its reasons. Parameters: channel, now. Reads drawing; since when is kept.
insert into refusal (offer_id, channel, warehouse, origin, code, field, message, since)
select offer_id, %(channel)s, '', 'mapping', code, field, message, %(now)s
from drawing
where hash is null
on conflict (offer_id, channel, warehouse) do update
set
    since = case when refusal.code = excluded.code then refusal.since else excluded.since end,
    origin = excluded.origin, code = excluded.code, field = excluded.field, message = excluded.message,
    amount = null, old = null, floor = null, hash = null, again_at = null
