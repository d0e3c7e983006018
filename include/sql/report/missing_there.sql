-- What is marked here and not shown there, with the refusal that explains it where there is one.
-- Parameters: reconciliation_id. Reads only.
select
    coalesce(o.article, d.article) as article,
    array_to_string(g.barcodes, ', ') as barcode,
    p.name,
    g.brand,
    coalesce(o.external_id, d.external_id) as external_id,
    o.sku,
    o.state as offer_state,
    d.channel,
    d.warehouse,
    d.desired,
    (
        -- a card that was refused explains a price and a stock that are missing, too
        select concat_ws(': ', f.field, f.message)
        from refusal f
        where f.offer_id = d.offer_id
            and (f.channel = 'card' or (f.channel = d.channel and f.warehouse = d.warehouse))
        order by f.channel = 'card' desc
        limit 1
    ) as refusal,
    d.cause,
    d.detail,
    d.healed,
    p.changed_at as updated_here
from difference d
left join offer o on o.offer_id = d.offer_id
left join product p on p.product_id = o.product_id
left join sellable g on g.product_id = o.product_id
where d.reconciliation_id = %(reconciliation_id)s and d.cause = 'missing_there'
order by d.channel, d.warehouse, coalesce(o.article, d.article), d.difference_id
