-- The frozen offers. Parameters: account (null: all).
select o.account, o.article, p.name, f.reason, f.author, f.since, f.offer_id
from offer_freeze as f
inner join offer as o using (offer_id)
inner join product as p using (product_id)
where %(account)s::text is null or o.account = %(account)s
order by o.account, o.article
