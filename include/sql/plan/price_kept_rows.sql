-- Prices that a rule does not let fall or rise, for a person. Parameters: limit. Reads desired.
select
    o.article,
    s.name,
    d.kept,
    d.amount,
    d.wished,
    d.price_rule
from desired as d
inner join offer as o using (offer_id)
inner join product as s using (product_id)
where d.kept is not null
order by abs(d.wished - d.amount) desc, o.article
limit %(limit)s
