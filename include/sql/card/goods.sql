-- Goods as cards need them. Parameters: account, channel, version (of mapping and dictionaries),
--   offers (null: those whose card must be rendered anew).
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
    source_hash(s.content_hash, g.path, o.article, %(version)s) as source_hash,
    r.hash,
    r.store_fields,
    r.ask_fields,
    r.ask_hash
from offer as o
inner join sellable as s using (product_id)
left join product_group as g on g.guid = s.group_guid
left join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
where
    o.account = %(account)s
    and case
        when %(offers)s::bigint[] is null
            then o.wanted and r.source_hash is distinct from source_hash(s.content_hash, g.path, o.article, %(version)s)
        else o.offer_id = any(%(offers)s::bigint[])
    end
