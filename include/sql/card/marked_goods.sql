-- The goods that an account's mark chooses, whether they are offers yet or not. Parameters: account, property (null:
-- every good), values.
select
    coalesce(o.article, s.article) as article,
    s.guid,
    s.good_guid,
    s.code,
    s.name,
    s.full_name,
    s.description,
    s.brand,
    s.unit,
    s.vat,
    g.path as group_path,
    s.barcodes,
    s.pictures,
    s.properties,
    s.characteristics,
    s.requisites
from sellable as s
left join product_group as g on g.guid = s.group_guid
left join offer as o on o.account = %(account)s and o.product_id = s.product_id
where
    not s.deleted
    and (%(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[]))
