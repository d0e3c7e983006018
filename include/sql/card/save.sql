-- Remember the renderings. Parameters: channel, now. Reads drawing; can run again.
insert into rendered (offer_id, channel, source_hash, hash, rendered_at)
select offer_id, %(channel)s, source_hash, hash, %(now)s
from drawing
on conflict (offer_id, channel) do update
set source_hash = excluded.source_hash, hash = excluded.hash, rendered_at = excluded.rendered_at
