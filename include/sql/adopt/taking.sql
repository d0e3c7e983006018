-- The cards that are taken now. Reads verdict, cabinet_card and store_good, makes taking.
create temporary table taking on commit drop as
select v.product_id, v.external_id, v.key, c.article, c.sku, c.ready, c.hash, g.offer_id
from verdict as v
inner join cabinet_card as c using (external_id)
inner join store_good as g using (product_id)
where v.kind is null
