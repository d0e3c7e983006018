-- Counts that a full package does not have any more; goods that are deleted keep their last ones.
delete from stock as s
using product as d
where
    d.product_id = s.product_id
    and not d.deleted
    and not exists (
        select from new_stock as n where n.product_id = s.product_id and n.warehouse_id = s.warehouse_id
    )
