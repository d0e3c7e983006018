-- New goods, or new variants of goods that are there; a variant without a name takes its good's.
-- Parameters: variants, exchange_id, now.
insert into product (
    guid, good_guid, article, code, name, full_name, description, brand, unit, vat, group_guid,
    barcodes, pictures, properties, characteristics, requisites, deleted, content_hash, exchange_id, changed_at
)
select
    s.guid, s.good_guid, s.article, s.code, coalesce(s.name, g.name), s.full_name, s.description, s.brand, s.unit,
    s.vat, s.group_guid,
    coalesce(string_to_array(s.barcodes, e'\x1e'), '{}'), coalesce(string_to_array(s.pictures, e'\x1e'), '{}'),
    coalesce(jsonb_object(string_to_array(s.properties, e'\x1e')), '{}'),
    coalesce(jsonb_object(string_to_array(s.characteristics, e'\x1e')), '{}'),
    coalesce(jsonb_object(string_to_array(s.requisites, e'\x1e')), '{}'),
    s.deleted, decode(s.hash, 'hex'), %(exchange_id)s, %(now)s
from staged_good as s
left join product as g on s.good_guid = g.guid
where
    (s.guid <> s.good_guid) = %(variants)s
    and (s.guid = s.good_guid or g.guid is not null)
    and s.hash is not null
    and not exists (select from product as p where p.guid = s.guid)
order by s.seq
