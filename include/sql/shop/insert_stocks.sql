-- Parameters: exchange_id, now.
insert into stock (product_id, warehouse_id, quantity, exchange_id, changed_at)
select n.product_id, n.warehouse_id, n.quantity, %(exchange_id)s, %(now)s
from new_stock as n
where
    not exists (
        select from stock as s where s.product_id = n.product_id and s.warehouse_id = n.warehouse_id
    )
