-- What may not be sent now or was not accepted, marked goods that cannot be listed, warnings about accepted cards, and
-- what is wrong with pictures, and promotions of accounts.yaml that cannot be done. Parameters: account. Reads only.
select
    o.article, array_to_string(g.barcodes, ', ') as barcode, p.name, g.brand, o.external_id, o.sku,
    f.channel, f.warehouse, f.origin, f.code as refusal_code, f.field, f.message,
    f.amount::float8 as refused_value, f.since, f.again_at
from refusal f
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s
union all
select
    g.article, array_to_string(g.barcodes, ', '), p.name, g.brand, null, null,
    'card', '', 'unlistable', u.code, u.field, u.message,
    null, u.since, null
from unlistable u
join product p using (product_id)
left join sellable g using (product_id)
where u.account = %(account)s
union all
select
    o.article, array_to_string(g.barcodes, ', '), p.name, g.brand, o.external_id, o.sku,
    w.channel, '', 'warning', w.code, w.field, w.message,
    null, w.seen_at, null
from offer_warning w
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s
union all
select
    o.article, array_to_string(g.barcodes, ', '), p.name, g.brand, o.external_id, o.sku,
    'picture', '', 'picture', x.code, x.url, x.message,
    null, x.since, x.again_at
from picture_problem x
join offer o using (offer_id)
join product p using (product_id)
left join sellable g using (product_id)
where o.account = %(account)s
union all
select
    null, null, null, null, null, null,
    'promotion', setting, 'setting', code, null, message,
    null, since, null
from promotion_problem
where account = %(account)s
order by origin, article, channel, warehouse, refusal_code
