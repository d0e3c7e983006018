-- Goods about which a person must decide: those whose exact matches do not agree, and those that are only spelt like a
-- card that is nobody's. Reads verdict, pair, owned and taking, makes problem.
create temporary table problem on commit drop as
select product_id, kind
from verdict
where kind is not null
union all
select distinct p.product_id, 'similar'
from pair as p
where
    not exists (select 1 from verdict as v where v.product_id = p.product_id)
    and not exists (select 1 from owned where owned.external_id = p.external_id)
    and not exists (select 1 from taking as t where t.external_id = p.external_id)
