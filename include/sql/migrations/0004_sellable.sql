-- What is sold: goods without variants, and variants with what they inherit from their good.

create view sellable as
select
    p.product_id,
    p.guid,
    p.good_guid,
    nullif(btrim(coalesce(p.article, g.article)), '') as article,
    coalesce(p.code, g.code) as code,
    p.name,
    coalesce(p.full_name, g.full_name) as full_name,
    coalesce(p.description, g.description) as description,
    coalesce(p.brand, g.brand) as brand,
    coalesce(p.unit, g.unit) as unit,
    coalesce(p.vat, g.vat) as vat,
    coalesce(p.group_guid, g.group_guid) as group_guid,
    case when cardinality(p.barcodes) > 0 or g.guid is null then p.barcodes else g.barcodes end as barcodes,
    case when cardinality(p.pictures) > 0 or g.guid is null then p.pictures else g.pictures end as pictures,
    coalesce(g.properties, '{}') || p.properties as properties,
    p.characteristics,
    coalesce(g.requisites, '{}') || p.requisites as requisites,
    p.deleted or coalesce(g.deleted, false) as deleted,
    case when g.guid is null then p.content_hash else decode(md5(p.content_hash || g.content_hash), 'hex') end
    as content_hash,
    greatest(p.exchange_id, g.exchange_id) as exchange_id
from product as p
left join product as g on p.good_guid = g.guid and p.guid <> p.good_guid
where not p.has_variants;

-- What a document is rendered from: the good's content, its group's name, and the version of mapping and dictionaries.
create function source_hash(content_hash bytea, group_path text, version text)
returns bytea language sql immutable parallel safe as $$
    select decode(md5(content_hash || convert_to(coalesce(group_path, '') || chr(10) || version, 'UTF8')), 'hex')
$$;

-- Which guard holds a price, or null. The order is the order in which a person would ask.
-- floor: the store's own lowest price; reference: the last confirmed, else the observed price;
-- week_high: the highest price confirmed in the last seven days.
create function price_hold(
    amount numeric, floor numeric, ceiling numeric, reference numeric, week_high numeric,
    largest_change numeric, without_reference text
) returns text language sql immutable parallel safe as $$
    select case
        when amount is null then 'price_blank'
        when amount = 0 then 'price_zero'
        when amount < 0 then 'price_negative'
        when amount < floor then 'price_below_floor'
        when amount > ceiling then 'price_above_ceiling'
        when reference is null and floor is null and without_reference = 'hold' then 'price_no_reference'
        when abs(amount - reference) > reference * largest_change then 'price_jump'
        when amount < week_high * (1 - largest_change) then 'price_jump'
    end
$$;
