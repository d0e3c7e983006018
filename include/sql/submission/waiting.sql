-- When the next planned change of a channel may be sent; one that waits for another channel is not counted.
-- Parameters: account, channel, states, now, limit_counts, limit_seconds, apart_from, settles_within, approving, tied
--   (see submission/claim).
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
        ), %(now)s),
        coalesce((
            select paused.until
            from channel_pause as paused
            where paused.account = %(account)s and paused.channel = %(channel)s
        ), %(now)s),
        -- another channel's call about the offer is under way: its end is not known, a minute is a guess
        case
            when exists (
                select 1
                from offer_channel as other
                left join change as under_way
                    on
                        under_way.offer_id = other.offer_id and under_way.channel = other.channel
                        and under_way.warehouse = other.warehouse and under_way.state = 'sent'
                where
                    other.offer_id = c.offer_id and other.channel = any(%(apart_from)s::text[])
                    and (
                        under_way.change_id is not null
                        or (
                            other.in_doubt
                            and other.sent_at + make_interval(secs => %(settles_within)s) > %(now)s::timestamptz
                        )
                    )
            ) then %(now)s::timestamptz + interval '1 minute'
            else %(now)s::timestamptz
        end
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
    and (not %(tied)s or change_waits_for(c.offer_id, c.channel, c.warehouse, c.to_amount) is null)
    and (not %(approving)s or c.release_id is not null or c.origin is not null)
    and (
        c.release_id is null
        or exists (select 1 from release as r where r.release_id = c.release_id and r.expires_at > %(now)s)
    )
