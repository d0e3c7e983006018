-- The offers of an article or 1C id, with what is confirmed. Parameters: article.
select
    o.offer_id, o.account, o.article, o.external_id, o.sku, o.state, o.wanted, s.guid, s.name
from offer as o
inner join product as s using (product_id)
where o.article = %(article)s or s.guid = %(article)s or s.article = %(article)s
order by o.account
