-- The brands of the goods whose prices are asked, each spelling once; a variant without one has its good's.
-- Parameters: account, offers (null: all).
select distinct coalesce(p.brand, g.brand) as brand
from offer as o
inner join product as p using (product_id)
left join product as g on p.good_guid = g.guid and p.guid <> p.good_guid and g.has_variants
where
    o.account = %(account)s and o.wanted
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
