-- Take the next planned changes of a channel, most urgent first, and mark their offers in doubt: the caller commits
-- this together with the intent row before it calls. Two callers never take the same change.
-- Parameters: account, channel, now, batch_size, states (of offers that can take it), limit_counts and limit_seconds
--   (parallel arrays: at most so many submissions of one item in so many seconds), submission_id, apart_from (channels
--   whose call about an offer must have ended first), settles_within (seconds: a call of theirs without an answer has),
--   approving (only what a person has released, and decreases that nobody has to), tied (a change may have to wait for
--   another channel), place and withdrawal (null, or what the call is about: see next_place).
with next as (
    select c.change_id
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
        and not exists (
            select 1
            from channel_pause as paused
            where
                paused.account = %(account)s and paused.channel = %(channel)s
                and paused.until > %(now)s::timestamptz
        )
        and (c.not_before is null or c.not_before <= %(now)s)
        and not exists (select 1 from offer_freeze as f where f.offer_id = c.offer_id)
        and (
            %(place)s::text is null
            or (c.warehouse = %(place)s::text and (c.to_amount is null) = %(withdrawal)s::bool)
        )
        and (not %(tied)s or change_waits_for(c.offer_id, c.channel, c.warehouse, c.to_amount) is null)
        and (not %(approving)s or c.release_id is not null or c.origin is not null)
        and (
            c.release_id is null
            or exists (select 1 from release as r where r.release_id = c.release_id and r.expires_at > %(now)s)
        )
        and not exists (
            select 1
            from unnest(%(limit_counts)s::int[], %(limit_seconds)s::double precision[]) as l (most, seconds)
            where (
                select count(*)
                from change as recent
                where
                    recent.offer_id = c.offer_id and recent.channel = c.channel and recent.warehouse = c.warehouse
                    and recent.sent_at > %(now)s::timestamptz - make_interval(secs => l.seconds)
            ) >= l.most
        )
        and not exists (
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
        )
    order by c.lane, c.change_id
    limit %(batch_size)s
    for update of c skip locked
),

doubted as (
    insert into offer_channel as oc (offer_id, channel, warehouse, in_doubt, sent_at)
    select c.offer_id, c.channel, c.warehouse, true, %(now)s
    from change as c
    inner join next using (change_id)
    on conflict (offer_id, channel, warehouse) do update set in_doubt = true, sent_at = excluded.sent_at
    returning
        oc.offer_id, oc.warehouse, oc.due_version,
        (select b.in_doubt from offer_channel as b
         where b.offer_id = oc.offer_id and b.channel = oc.channel and b.warehouse = oc.warehouse) as was_in_doubt,
        (select greatest(b.sent_at, b.confirmed_at) from offer_channel as b
         where b.offer_id = oc.offer_id and b.channel = oc.channel and b.warehouse = oc.warehouse) as touched_at
)

update change as c
set
    state = 'sent',
    submission_id = %(submission_id)s,
    sent_at = %(now)s,
    not_before = null,
    waits_for = null,
    version = d.due_version,
    was_in_doubt = coalesce(d.was_in_doubt, false)
from next as n, doubted as d, offer as o
where
    n.change_id = c.change_id
    and d.offer_id = c.offer_id and d.warehouse = c.warehouse
    and o.offer_id = c.offer_id
returning
    c.change_id, c.offer_id, c.warehouse, c.to_amount, c.to_old, c.to_floor, c.currency, c.to_hash, c.from_text,
    c.to_text, c.release_id, c.was_in_doubt, d.touched_at, o.state as offer_state, o.article, o.external_id, o.sku
