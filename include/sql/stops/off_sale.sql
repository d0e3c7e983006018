-- What is kept off sale by a person. Parameters: account (null: all).
select s.account, o.article, p.name, s.reason, s.author, s.since, s.offer_id
from sale_stop as s
left join offer as o using (offer_id)
left join product as p using (product_id)
where %(account)s::text is null or s.account = %(account)s
order by s.account, o.article nulls first
