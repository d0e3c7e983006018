-- The delivery's prices by product and type; of several files the last. Parameters: types (guids by their number).
create temporary table new_price on commit drop as
select distinct on (p.product_id, t.price_type_id)
    p.product_id, t.price_type_id, s.amount, coalesce(s.currency, t.currency) as currency
from staged_price as s
inner join staged_offer as o on s.seq = o.seq
inner join product as p on o.guid = p.guid
inner join unnest(%(types)s::text[]) with ordinality as n (guid, number) on s.type = n.number
inner join price_type as t on n.guid = t.guid
order by p.product_id, t.price_type_id, s.seq desc
