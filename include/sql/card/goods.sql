-- The goods of some offers, as cards need them. Parameters: account, offers.
select
    o.offer_id,
    o.article,
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
from offer as o
inner join sellable as s using (product_id)
left join product_group as g on g.guid = s.group_guid
where o.account = %(account)s and o.offer_id = any(%(offers)s::bigint[])
