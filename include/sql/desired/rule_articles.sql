-- The goods that rules name by their articles. Parameters: account, articles, offers (null: all).
select
    o.offer_id,
    o.article,
    coalesce(p.brand, g.brand) as brand,
    c.path
from offer as o
inner join product as p using (product_id)
left join product as g on p.good_guid = g.guid and p.guid <> p.good_guid and g.has_variants
left join product_group as c on c.guid = coalesce(p.group_guid, g.group_guid)
where
    o.account = %(account)s and o.wanted and o.article = any(%(articles)s::text[])
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
