-- Parameters: exchange_id, now.
insert into price (product_id, price_type_id, amount, currency, exchange_id, changed_at)
select n.product_id, n.price_type_id, n.amount, n.currency, %(exchange_id)s, %(now)s
from new_price as n
where
    not exists (
        select from price as p where p.product_id = n.product_id and p.price_type_id = n.price_type_id
    )
