-- Counts that differ. Parameters: exchange_id, now.
update stock as s
set quantity = n.quantity, exchange_id = %(exchange_id)s, changed_at = %(now)s
from new_stock as n
where s.product_id = n.product_id and s.warehouse_id = n.warehouse_id and s.quantity <> n.quantity
