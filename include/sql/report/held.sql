-- What waits for a person: changes that a guard holds, what people have decided about them, frozen offers, stopped
-- channels, what is kept off sale; and what waits for a limit of the marketplace, which nobody has to release. A
-- released value is shown until its release ends.
-- Parameters: account. Reads only.
with verdicts as materialized (
    select *
    from release
    where account = %(account)s and expires_at > now()
),

asked as materialized (
    select i.change_id, max(i.request_id) as request_id
    from hold_item as i
    inner join change as c using (change_id)
    where c.state = 'held'
    group by i.change_id
),

held as (
    select
        c.offer_id, c.channel, c.warehouse, coalesce(c.guard, '') as guard,
        c.from_text || ' → ' || c.to_text as reason,
        c.from_amount, c.to_amount, c.to_old, c.to_floor, c.why, plan.created_at as since, c.plan_id as plan,
        coalesce(v.request_id, a.request_id) as request, coalesce(v.verdict, 'waiting') as verdict,
        v.author, v.expires_at as decided_until
    from change as c
    inner join plan using (plan_id)
    inner join offer as o using (offer_id)
    left join asked as a using (change_id)
    left join verdicts as v
        on
            v.offer_id = c.offer_id and v.channel = c.channel and v.warehouse = c.warehouse
            and v.verdict = 'discarded'
            and (v.to_amount, v.to_old, v.to_floor, v.to_hash, v.to_text)
            is not distinct from (c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text)
    where o.account = %(account)s and c.state = 'held'
    union all
    select
        c.offer_id, c.channel, c.warehouse, 'limit_' || c.waits_for,
        to_char(c.not_before at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
        c.from_amount, c.to_amount, c.to_old, c.to_floor, c.why, plan.created_at, c.plan_id, null, null, null, null
    from change as c
    inner join plan using (plan_id)
    inner join offer as o using (offer_id)
    where
        o.account = %(account)s and c.state = 'planned' and c.waits_for is not null and c.not_before > now()
    union all
    select
        null, channel, null, 'limit_pause',
        to_char(until at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC') || ': ' || message,
        null, null, null, null, null, since, null, null, null, null, null
    from channel_pause
    where account = %(account)s and until > now()
    union all
    select
        v.offer_id, v.channel, v.warehouse, v.guard, v.to_text, null, v.to_amount, v.to_old, v.to_floor, null,
        v.decided_at, null, v.request_id, v.verdict, v.author, v.expires_at
    from verdicts as v
    where v.verdict = 'released'
    union all
    select
        f.offer_id, null, null, 'freeze', f.author || ': ' || f.reason,
        null, null, null, null, null, f.since, null, null, null, f.author, null
    from offer_freeze as f
    inner join offer as o using (offer_id)
    where o.account = %(account)s
    union all
    select
        null, nullif(channel, ''), null, 'stop', author || ': ' || reason,
        null, null, null, null, null, since, null, null, null, author, null
    from channel_stop
    where account = %(account)s
    union all
    select
        offer_id, 'stock', null, 'zero', author || ': ' || reason,
        null, 0, null, null, null, since, null, null, null, author, null
    from sale_stop
    where account = %(account)s
)

select
    o.article, array_to_string(g.barcodes, ', ') as barcode, p.name, g.brand, o.external_id, o.sku,
    h.channel, h.warehouse, h.guard, h.reason,
    h.from_amount::float8 as from_value, h.to_amount::float8 as to_value,
    h.to_old::float8 as to_old, h.to_floor::float8 as to_floor,
    h.why, h.since, h.plan, h.request, h.verdict, h.author, h.decided_until
from held as h
left join offer as o using (offer_id)
left join product as p using (product_id)
left join sellable as g using (product_id)
order by h.guard, h.channel, o.article, h.warehouse, h.verdict
