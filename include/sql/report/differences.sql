-- One row per difference, the most urgent cause first. Parameters: reconciliation_id, causes (text[], in the order
-- of urgency). Reads only.
with cards as (
    select distinct on (external_id) external_id, article, sku, barcode, name
    from observation
    where reconciliation_id = %(reconciliation_id)s and channel = 'card'
    order by external_id, article
)
select
    coalesce(o.article, d.article, c.article) as article,
    coalesce(nullif(array_to_string(g.barcodes, ', '), ''), c.barcode) as barcode,
    coalesce(p.name, c.name) as name,
    g.brand,
    coalesce(d.external_id, o.external_id) as external_id,
    coalesce(o.sku, c.sku) as sku,
    d.channel,
    d.warehouse,
    d.field,
    d.desired,
    d.confirmed,
    d.observed,
    d.cause,
    d.detail,
    f.message as refusal,
    d.healed,
    case d.channel
        when 'price' then (select max(x.changed_at) from price x where x.product_id = o.product_id)
        when 'stock' then (select max(x.changed_at) from stock x where x.product_id = o.product_id)
        else p.changed_at
    end as updated_here,
    r.began_at as read_there
from difference d
join reconciliation r using (reconciliation_id)
left join offer o on o.offer_id = d.offer_id
left join product p on p.product_id = o.product_id
left join sellable g on g.product_id = o.product_id
left join cards c on c.external_id = d.external_id
left join refusal f
    on d.cause = 'rejected' and f.offer_id = d.offer_id and f.channel = d.channel and f.warehouse = d.warehouse
where d.reconciliation_id = %(reconciliation_id)s
order by
    array_position(%(causes)s::text[], d.cause),
    d.channel, d.warehouse, coalesce(o.article, d.article, c.article), d.difference_id
