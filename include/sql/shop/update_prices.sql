-- Prices that differ. Parameters: exchange_id, now.
update price as p
set amount = n.amount, currency = n.currency, exchange_id = %(exchange_id)s, changed_at = %(now)s
from new_price as n
where
    p.product_id = n.product_id
    and p.price_type_id = n.price_type_id
    and (p.amount, p.currency) is distinct from (n.amount, n.currency)
