-- When the next planned change of a channel may be sent. Parameters: account, channel, states, now,
--   limit_counts, limit_seconds, approving (see submission/claim).
select
    count(*) as waiting,
    min(greatest(
        coalesce(c.not_before, %(now)s),
        coalesce((
            select max(nth.free_at)
            from unnest(%(limit_counts)s::int[], %(limit_seconds)s::double precision[]) as l (most, seconds)
            cross join lateral (
                select recent.sent_at + make_interval(secs => l.seconds) as free_at
                from change as recent
                where
                    recent.offer_id = c.offer_id and recent.channel = c.channel and recent.warehouse = c.warehouse
                    and recent.sent_at > %(now)s::timestamptz - make_interval(secs => l.seconds)
                order by recent.sent_at desc
                offset l.most - 1
                limit 1
            ) as nth
        ), %(now)s)
    )) as next_at
from change as c
inner join offer as o using (offer_id)
where
    o.account = %(account)s and o.state = any(%(states)s::text[])
    and c.channel = %(channel)s and c.state = 'planned'
        and not exists (
            select 1
            from channel_stop as stopped
            where stopped.account = %(account)s and stopped.channel in ('', %(channel)s)
        )
    and not exists (select 1 from offer_freeze as f where f.offer_id = c.offer_id)
    and (not %(approving)s or c.release_id is not null or c.origin is not null)
    and (
        c.release_id is null
        or exists (select 1 from release as r where r.release_id = c.release_id and r.expires_at > %(now)s)
    )
