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
    decode(md5(s.content_hash || convert_to(%(version)s || coalesce(g.path, ''), 'UTF8')), 'hex') as source_hash
from offer as o
inner join sellable as s using (product_id)
left join product_group as g on g.guid = s.group_guid
left join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
where
    o.account = %(account)s and o.wanted
    and r.source_hash is distinct from decode(md5(s.content_hash || convert_to(%(version)s || coalesce(g.path, ''), 'UTF8')), 'hex')
