-- Goods without an offer get one, with their card. Parameters: account, now. Reads taking.
insert into offer (account, product_id, article, external_id, sku, state, listed_at, adopted_at, adopted_as, adopted_by)
select
    %(account)s,
    product_id,
    article,
    external_id,
    sku,
    case when ready then 'ready' else 'listed' end,
    %(now)s,
    %(now)s,
    (select s.article from sellable as s where s.product_id = taking.product_id),
    key
from taking
where offer_id is null
order by product_id
