-- The delivery's counts by product and warehouse; of several files the last. A total without a warehouse counts only
-- where the offer names no warehouses. Parameters: warehouses (guids by their number).
create temporary table new_stock on commit drop as
select distinct on (p.product_id, w.warehouse_id)
    p.product_id, w.warehouse_id, w.guid = '' as total, s.quantity, o.whole
from staged_stock as s
inner join staged_offer as o on s.seq = o.seq
inner join product as p on o.guid = p.guid
inner join unnest(%(warehouses)s::text[]) with ordinality as n (guid, number) on s.warehouse = n.number
inner join store_warehouse as w on n.guid = w.guid
order by p.product_id, w.warehouse_id, s.seq desc
