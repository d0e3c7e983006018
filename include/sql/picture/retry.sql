-- A gallery of which the marketplace could not load a picture: not again before a pause, which grows each time.
-- Parameters: channel, failed, pauses (seconds), now. Reads settled.
insert into gallery_retry as r (offer_id, hash, attempts, again_at)
select s.offer_id, s.hash, 1, %(now)s::timestamptz + make_interval(secs => (%(pauses)s::int[])[1])
from gallery_sent as s
inner join settled using (offer_id)
where s.channel = %(channel)s and s.offer_id = any(%(failed)s::bigint[])
on conflict (offer_id) do update
set
    hash = excluded.hash,
    attempts = case when r.hash = excluded.hash then r.attempts + 1 else 1 end,
    again_at = %(now)s::timestamptz + make_interval(
        secs => (%(pauses)s::int[])[
            least(case when r.hash = excluded.hash then r.attempts + 1 else 1 end, cardinality(%(pauses)s::int[]))
        ]
    )
