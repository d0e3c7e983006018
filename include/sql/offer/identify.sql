-- What the marketplace told of its cards. Parameters (parallel arrays): account, articles, external_ids, skus, ready.
update offer as o
set
    external_id = i.external_id,
    sku = coalesce(i.sku, o.sku),
    state = case when i.ready and o.state = 'listed' then 'ready' else o.state end
from
    unnest(%(articles)s::text[], %(external_ids)s::text[], %(skus)s::text[], %(ready)s::bool[])
    as i (article, external_id, sku, ready)
where
    o.account = %(account)s and o.state = 'listed'
    and (
        o.external_id = i.external_id
        or (
            o.external_id is null and o.article = i.article
            and not exists (
                select 1 from offer as other
                where other.account = %(account)s and other.external_id = i.external_id
            )
        )
    )
    and (
        o.external_id is distinct from i.external_id
        or (i.sku is not null and o.sku is distinct from i.sku)
        or i.ready
    )
returning o.offer_id, o.state
