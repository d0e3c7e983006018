delete from new_stock as t
using new_stock as n
where t.total and not n.total and t.product_id = n.product_id
