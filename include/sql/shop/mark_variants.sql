-- A good is sold through its variants as soon as it has one; it is sold itself again only where an offer of its own
-- comes and no variant is left. Parameters: exchange_id, now.
with counted as (
    select g.product_id, g.has_variants, bool_or(not v.deleted) as alive, g.guid
    from product as v
    inner join product as g on v.good_guid = g.guid
    where v.guid <> v.good_guid and v.exchange_id = %(exchange_id)s
    group by g.product_id
),

wanted as (
    select
        c.product_id,
        c.alive
        or exists (
            select from product as v where v.good_guid = c.guid and v.guid <> v.good_guid and not v.deleted
        )
        or (c.has_variants and not exists (select from staged_offer as o where o.guid = c.guid)) as has_variants
    from counted as c
)

update product as p
set has_variants = w.has_variants, exchange_id = %(exchange_id)s, changed_at = %(now)s
from wanted as w
where p.product_id = w.product_id and p.has_variants <> w.has_variants
