-- Offers that are on sale, with their price and the store's warehouses. Parameters: account, price_type.
select
    o.article,
    o.external_id,
    s.guid,
    p.amount,
    t.guid as price_type,
    (select array_agg(w.guid order by w.guid) from store_warehouse as w where w.guid <> '') as warehouses
from offer as o
inner join product as s using (product_id)
inner join price_type as t on t.name = %(price_type)s
inner join price as p on p.product_id = o.product_id and p.price_type_id = t.price_type_id
where
    o.account = %(account)s and o.state = 'ready' and o.wanted and p.amount > 100
    and not exists (select 1 from change as c where c.offer_id = o.offer_id and c.state = 'held')
order by o.offer_id
