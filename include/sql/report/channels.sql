-- What stands in some channels now. Parameters: account, channels.
select
    count(*) filter (where c.state = 'planned')::int as planned,
    count(*) filter (where c.state = 'held')::int as held,
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
where o.account = %(account)s and c.channel = any(%(channels)s::text[]) and c.state in ('planned', 'held', 'sent')
