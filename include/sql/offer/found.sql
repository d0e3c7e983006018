-- Cards of ours that turned out to exist. Parameters (parallel arrays): account, articles, external_ids, skus, now.
update offer as o
set
    external_id = f.external_id,
    sku = coalesce(f.sku, o.sku),
    state = case when o.state = 'new' then 'listed' else o.state end,
    listed_at = coalesce(o.listed_at, %(now)s)
from
    unnest(%(articles)s::text[], %(external_ids)s::text[], %(skus)s::text[]) as f (article, external_id, sku)
where
    o.account = %(account)s and o.article = f.article and o.state = 'new'
    and not exists (
        select 1 from offer as other
        where other.account = %(account)s and other.external_id = f.external_id and other.offer_id <> o.offer_id
    )
