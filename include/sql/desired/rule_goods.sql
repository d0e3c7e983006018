-- The goods whose prices are asked, with what price rules look at; a variant has its good's brand and group where it
-- has none of its own. In the order of the goods, so that their prices are read in the order in which they lie.
-- Parameters: account, offers (null: all), states (of offers). Makes rule_goods.
create temporary table rule_goods on commit drop as
select
    o.offer_id,
    o.product_id,
    o.article,
    coalesce(p.brand, g.brand, '') as brand,
    coalesce(p.group_guid, g.group_guid, '') as group_guid
from offer as o
inner join product as p using (product_id)
left join product as g on p.good_guid = g.guid and p.guid <> p.good_guid and g.has_variants
where
    o.account = %(account)s and o.wanted and o.state = any(%(states)s::text[])
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
order by o.product_id
