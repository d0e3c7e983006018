-- The galleries of listed offers, by the hashes of their pictures; amount is how many there are.
-- Left out is what must not be sent now: a gallery with a picture that nobody has looked at yet; one that would be
-- smaller than what is confirmed though the store did not ask for that; one that the marketplace could not load and
-- that waits for its pause. Those of cards whose pictures are not the store's by their last rendering; those of adopted
-- cards, unless `adopted` says that they are kept equal too.
-- Parameters: states, field (of the mapping that carries pictures), adopted, now. Reads offer_gallery, fills desired.
insert into desired (offer_id, warehouse, amount, hash, exchange_id)
select
    g.offer_id,
    '',
    g.usable,
    g.hash,
    p.exchange_id
from offer_gallery as g
inner join offer as o using (offer_id)
inner join product as p using (product_id)
left join gallery as c on g.offer_id = c.offer_id
left join gallery_retry as r on g.offer_id = r.offer_id and g.hash = r.hash and r.again_at > %(now)s
where
    o.state = any(%(states)s::text[]) and (o.adopted_at is null or %(adopted)s)
    and exists (select 1 from rendered as d where d.offer_id = o.offer_id and %(field)s = any(d.store_fields))
    and g.usable > 0 and g.waiting = 0
    and g.usable >= least(g.listed, coalesce(cardinality(c.links), g.listed))
    and r.offer_id is null
