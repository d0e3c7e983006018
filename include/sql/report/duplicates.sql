-- One good listed twice, or two goods that claim one article or card. Parameters: reconciliation_id. Reads only.
with cards as (
    select distinct on (external_id) external_id, article, sku, barcode, name, state
    from observation
    where reconciliation_id = %(reconciliation_id)s and channel = 'card'
    order by external_id, article
)
select
    coalesce(d.article, c.article, o.article) as article,
    coalesce(c.barcode, array_to_string(g.barcodes, ', ')) as barcode,
    coalesce(c.name, p.name) as name,
    g.brand,
    coalesce(d.external_id, o.external_id) as external_id,
    coalesce(c.sku, o.sku) as sku,
    c.state as card_state,
    d.channel,
    d.field,
    d.desired,
    d.observed,
    d.cause,
    d.detail
from difference d
left join offer o on o.offer_id = d.offer_id
left join product p on p.product_id = o.product_id
left join sellable g on g.product_id = o.product_id
left join cards c on c.external_id = d.external_id
where d.reconciliation_id = %(reconciliation_id)s and d.cause = 'duplicate'
order by coalesce(d.article, c.article, o.article), d.external_id, d.difference_id
