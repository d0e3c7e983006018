-- Offers that had no card get theirs. Parameters: now. Reads taking.
update offer as o
set
    article = t.article,
    external_id = t.external_id,
    sku = t.sku,
    state = case when t.ready then 'ready' else 'listed' end,
    wanted = true,
    listed_at = %(now)s,
    adopted_at = %(now)s,
    adopted_as = (select s.article from sellable as s where s.product_id = o.product_id),
    adopted_by = t.key
from taking as t
where o.offer_id = t.offer_id
