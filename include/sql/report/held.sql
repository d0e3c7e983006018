-- What waits for a person: changes that a guard holds, frozen offers, stopped channels; and what waits for a limit of
-- the marketplace, which nobody has to release.
-- Parameters: account. Reads only.
select
    o.article, array_to_string(g.barcodes, ', ') as barcode, p.name, g.brand, o.external_id, o.sku,
    c.channel, c.warehouse, coalesce(c.guard, '') as guard, c.from_text || ' → ' || c.to_text as reason,
    c.from_amount::float8 as from_value, c.to_amount::float8 as to_value,
    c.to_old::float8 as to_old, c.to_floor::float8 as to_floor,
    c.why, plan.created_at as since, c.plan_id as plan
from change c
join plan using (plan_id)
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s and c.state = 'held'
union all
select
    o.article, array_to_string(g.barcodes, ', '), p.name, g.brand, o.external_id, o.sku,
    c.channel, c.warehouse, 'limit_' || c.waits_for, to_char(c.not_before at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
    c.from_amount::float8, c.to_amount::float8, c.to_old::float8, c.to_floor::float8, c.why, plan.created_at, c.plan_id
from change c
join plan using (plan_id)
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s and c.state = 'planned' and c.waits_for is not null and c.not_before > now()
union all
select
    null, null, null, null, null, null,
    channel, null, 'limit_pause', to_char(until at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC') || ': ' || message,
    null, null, null, null, null, since, null
from channel_pause
where account = %(account)s and until > now()
union all
select
    o.article, array_to_string(g.barcodes, ', '), p.name, g.brand, o.external_id, o.sku,
    null, null, 'freeze', f.author || ': ' || f.reason,
    null, null, null, null, null, f.since, null
from offer_freeze f
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s
union all
select
    null, null, null, null, null, null,
    nullif(channel, ''), null, 'stop', author || ': ' || reason,
    null, null, null, null, null, since, null
from channel_stop
where account = %(account)s
order by guard, channel, article, warehouse
