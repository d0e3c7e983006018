-- Goods and variants whose content differs from what is known. Parameters: exchange_id, now.
update product as p
set
    article = s.article, code = s.code, name = coalesce(s.name, p.name), full_name = s.full_name,
    description = s.description, brand = s.brand, unit = s.unit, vat = s.vat, group_guid = s.group_guid,
    barcodes = coalesce(string_to_array(s.barcodes, e'\x1e'), '{}'),
    pictures = coalesce(string_to_array(s.pictures, e'\x1e'), '{}'),
    properties = coalesce(jsonb_object(string_to_array(s.properties, e'\x1e')), '{}'),
    characteristics = coalesce(jsonb_object(string_to_array(s.characteristics, e'\x1e')), '{}'),
    requisites = coalesce(jsonb_object(string_to_array(s.requisites, e'\x1e')), '{}'),
    deleted = s.deleted, content_hash = decode(s.hash, 'hex'), exchange_id = %(exchange_id)s, changed_at = %(now)s
from staged_good as s
where
    p.guid = s.guid
    and s.hash is not null
    and (p.content_hash <> decode(s.hash, 'hex') or p.deleted <> s.deleted)
