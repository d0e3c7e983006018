-- What a plan would change, for a person. Parameters: limit, channel. Reads pending.
select
    o.article,
    s.name,
    p.warehouse,
    p.from_amount,
    p.amount,
    p.old,
    p.floor,
    p.store_floor,
    p.price_rule,
    encode(p.hash, 'hex') as hash,
    p.from_text,
    p.text,
    p.why,
    p.guard,
    p.release_id,
    change_waits_for(p.offer_id, %(channel)s, p.warehouse, p.amount) as waits_for
from pending as p
inner join offer as o using (offer_id)
inner join product as s using (product_id)
order by p.guard nulls last, p.why, o.article, p.warehouse
limit %(limit)s
