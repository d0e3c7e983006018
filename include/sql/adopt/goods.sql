-- Marked goods that look for their card: those without an offer that has one, but for those for which a person wants
-- a new card. Parameters: account, property, values (of the mark), id_property (of 1C, with the marketplace's own id;
-- null where there is none). Reads idle_offer, makes store_good.
create temporary table store_good on commit drop as
select
    s.product_id,
    s.article,
    s.barcodes,
    -- what a variant has from its good alone would be the id of all of its variants
    nullif(regexp_replace(
        coalesce(p.properties ->> %(id_property)s::text, p.requisites ->> %(id_property)s::text),
        '[\s\u00a0]', '', 'g'
    ), '') as marketplace_id,
    idle.offer_id
from sellable as s
inner join product as p using (product_id)
left join offer as known on known.account = %(account)s and known.product_id = s.product_id
left join idle_offer as idle on idle.offer_id = known.offer_id
where
    not s.deleted
    and (%(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[]))
    and (known.offer_id is null or idle.offer_id is not null)
    and not exists (
        select 1
        from adoption_conflict as c
        where c.account = %(account)s and c.product_id = s.product_id and c.choice = 'create'
    )
