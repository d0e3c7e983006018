-- Prices that a full package does not have any more; goods that are deleted keep their last ones.
delete from price as p
using product as d
where
    d.product_id = p.product_id
    and not d.deleted
    and not exists (
        select from new_price as n where n.product_id = p.product_id and n.price_type_id = p.price_type_id
    )
