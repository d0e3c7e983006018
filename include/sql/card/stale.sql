-- The goods whose cards must be rendered anew. Parameters: account, channel, version.
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
    s.requisites,
    source_hash(s.content_hash, g.path, %(version)s) as source_hash
from offer as o
inner join sellable as s using (product_id)
left join product_group as g on g.guid = s.group_guid
left join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
where
    o.account = %(account)s and o.wanted
    and r.source_hash is distinct from source_hash(s.content_hash, g.path, %(version)s)
