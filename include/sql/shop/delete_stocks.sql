-- Counts of named offers beside those that the delivery lists: all of them where the package is full or the offer's
-- counts are all there are (a total alone, or counts that add up to the total), else only the total of a store without
-- warehouses. Parameters: full.
delete from stock as s
using
    (select product_id, bool_or(whole) as whole from new_stock group by product_id) as n,
    store_warehouse as w
where
    s.product_id = n.product_id
    and w.warehouse_id = s.warehouse_id
    and (%(full)s or n.whole or w.guid = '')
    and not exists (
        select from new_stock as kept where kept.product_id = s.product_id and kept.warehouse_id = s.warehouse_id
    )
