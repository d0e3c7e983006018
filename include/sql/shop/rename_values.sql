-- A directory's value was renamed: goods that the delivery does not bring carry the new text from now on.
-- Parameters: rows (of shop/merge_properties, which comes after this), several (what parts the values of a property),
-- exchange_id, now. A text that another value of the directory still has is left: nobody can say whose it was.
with renamed as (
    select k.name, was.value as old, became.value as new
    from jsonb_to_recordset(%(rows)s) as d (guid text, name text, kind text, values jsonb)
    inner join store_property as k on d.guid = k.guid and d.kind = 'Справочник'
    cross join lateral jsonb_each_text(k.values) as was (id, value)
    inner join lateral jsonb_each_text(d.values) as became (id, value) on was.id = became.id
    where
        was.value <> became.value
        and not exists (
            select 1 from jsonb_each_text(k.values || d.values) as other (id, value) where other.value = was.value
        )
),

parts as (
    select p.product_id, property.key, property.value, part.value as one, part.place
    from product as p
    cross join lateral jsonb_each_text(p.properties) as property
    cross join lateral unnest(string_to_array(property.value, %(several)s)) with ordinality as part (value, place)
    where
        p.properties ?| (select array_agg(r.name) from renamed as r)
        and property.key in (select r.name from renamed as r)
        and not exists (select 1 from staged_good as s where s.guid = p.guid)
),

texts as (
    select
        t.product_id,
        t.key,
        coalesce(max(whole.new), string_agg(coalesce(single.new, t.one), %(several)s order by t.place)) as value
    from parts as t
    left join renamed as whole on whole.name = t.key and whole.old = t.value
    left join renamed as single on single.name = t.key and single.old = t.one
    group by t.product_id, t.key
    having bool_or(whole.new is not null or single.new is not null)
),

goods as (
    select product_id, jsonb_object_agg(key, value) as properties
    from texts
    group by product_id
)

update product as p
set
    properties = p.properties || g.properties,
    content_hash = decode(md5(p.content_hash || convert_to(g.properties::text, 'UTF8')), 'hex'),
    exchange_id = %(exchange_id)s,
    changed_at = %(now)s
from goods as g
where p.product_id = g.product_id
