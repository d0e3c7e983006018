-- Which rule makes whose price. Brands and groups that no rule tells apart are one class (0 where no rule names them),
-- so that a table of classes, row by row for each class of brands, holds the rule of every pair.
-- Parameters: account, offers (null: all), states (of offers), brands, brand_classes, group_guids, group_classes
--   (parallel arrays), group_class_count, pair_rules (the table; rule 0: prices.yaml alone), rule_offers, offer_rules
--   (parallel arrays: the rule of single goods). Makes rule_offer.
create temporary table rule_offer on commit drop as
select
    o.offer_id,
    o.product_id,
    coalesce(
        s.rule,
        (%(pair_rules)s::int[])[
            coalesce(b.class, 0) * %(group_class_count)s::int + coalesce(c.class, 0) + 1
        ]
    ) as rule
from offer as o
inner join product as p using (product_id)
left join product as g on p.good_guid = g.guid and p.guid <> p.good_guid and g.has_variants
left join
    unnest(%(brands)s::text[], %(brand_classes)s::int[]) as b (brand, class)
    on b.brand = coalesce(p.brand, g.brand)
left join
    unnest(%(group_guids)s::text[], %(group_classes)s::int[]) as c (guid, class)
    on c.guid = coalesce(p.group_guid, g.group_guid)
left join unnest(%(rule_offers)s::bigint[], %(offer_rules)s::int[]) as s (offer_id, rule) on o.offer_id = s.offer_id
where
    o.account = %(account)s and o.wanted and o.state = any(%(states)s::text[])
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
