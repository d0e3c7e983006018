-- Every good of the store lies in three warehouses, which all account's warehouses are fed by.
insert into store_warehouse (guid, name)
values ('w-1', 'Основной склад'), ('w-2', 'Склад Казань'), ('w-3', 'Магазин на Ленина');

insert into stock (product_id, warehouse_id, quantity, exchange_id, changed_at)
select product_id, warehouse_id, 1000, 1, now() from product cross join store_warehouse;

insert into offer_channel (offer_id, channel, warehouse, confirmed_amount, confirmed_at)
select o.offer_id, 'stock', w.marketplace, 1000, now()
from offer as o
cross join (values ('1020000000001'), ('1020000000002'), ('1020000000003')) as w (marketplace);
