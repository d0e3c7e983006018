-- What a plan would change, for a person. Parameters: limit. Reads pending.
select
    o.article,
    s.name,
    p.warehouse,
    p.from_amount,
    p.amount,
    p.old,
    p.floor,
    encode(p.hash, 'hex') as hash,
    p.from_text,
    p.text,
    p.why,
    p.guard,
    p.release_id
from pending as p
inner join offer as o using (offer_id)
inner join product as s using (product_id)
order by p.guard nulls last, p.why, o.article, p.warehouse
limit %(limit)s
