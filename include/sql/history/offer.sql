-- The offers of an article (of now or as listed) or a 1C id. Parameters: article.
select
    o.offer_id, o.account, o.article, o.external_id, o.sku, o.state, o.wanted, o.product_id, p.guid, p.name
from offer as o
inner join product as p using (product_id)
where o.article = %(article)s
union
select
    o.offer_id, o.account, o.article, o.external_id, o.sku, o.state, o.wanted, o.product_id, p.guid, p.name
from product as p
inner join offer as o using (product_id)
where p.guid = %(article)s or p.article = %(article)s
order by account, offer_id
