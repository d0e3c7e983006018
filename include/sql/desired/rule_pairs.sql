-- What price rules look at, each once. Reads rule_goods.
select
    d.brand,
    d.group_guid,
    g.path
from (select distinct brand, group_guid from rule_goods) as d
left join product_group as g on d.group_guid = g.guid
