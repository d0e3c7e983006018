-- What stands in some channels now. Parameters: account, channels, now.
select
    count(*) filter (where c.state = 'planned')::int as planned,
    count(*) filter (where c.state = 'held')::int as held,
    count(*) filter (
        where c.state = 'planned' and (p.until is not null or (c.waits_for is not null and c.not_before > %(now)s))
    )::int as waiting,
    greatest(
        max(p.until), min(c.not_before) filter (where c.waits_for is not null and c.not_before > %(now)s)
    )::text as waits_until,
    count(*) filter (where c.state = 'sent')::int as sent,
    (
        select count(*)::int
        from refusal as r
        inner join offer as ro using (offer_id)
        where ro.account = %(account)s and r.channel = any(%(channels)s::text[])
    ) as refused,
    (
        select count(*)::int
        from offer_channel as oc
        inner join offer as oo using (offer_id)
        where oo.account = %(account)s and oc.channel = any(%(channels)s::text[]) and oc.in_doubt
    ) as in_doubt
from change as c
inner join offer as o using (offer_id)
left join channel_pause as p on p.account = o.account and p.channel = c.channel and p.until > %(now)s
where o.account = %(account)s and c.channel = any(%(channels)s::text[]) and c.state in ('planned', 'held', 'sent')
