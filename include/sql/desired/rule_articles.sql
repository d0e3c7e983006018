-- The goods that rules name by their articles. Parameters: articles. Reads rule_goods.
select
    d.offer_id,
    d.article,
    d.brand,
    g.path
from rule_goods as d
left join product_group as g on d.group_guid = g.guid
where d.article = any(%(articles)s::text[])
