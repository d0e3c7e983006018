-- Remember the renderings; whose the fields are outlives a refusal. Parameters: channel, now. Reads drawing; can run
-- again.
insert into rendered (
    offer_id, channel, source_hash, hash, store_fields, ask_fields, ask_hash, rendered_at
)
select offer_id, %(channel)s, source_hash, hash, store_fields, ask_fields, ask_hash, %(now)s
from drawing
on conflict (offer_id, channel) do update
set
    source_hash = excluded.source_hash,
    hash = excluded.hash,
    store_fields = coalesce(excluded.store_fields, rendered.store_fields),
    ask_fields = coalesce(excluded.ask_fields, rendered.ask_fields),
    ask_hash = case when excluded.hash is null then rendered.ask_hash else excluded.ask_hash end,
    rendered_at = excluded.rendered_at
