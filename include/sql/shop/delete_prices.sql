-- Prices that an offer does not have any more: of the declared types where it names its prices. Parameters: types.
delete from price as p
using staged_offer as o, product as d, price_type as t
where
    o.prices
    and d.guid = o.guid
    and p.product_id = d.product_id
    and t.price_type_id = p.price_type_id
    and t.guid = any(%(types)s)
    and not exists (
        select from new_price as n where n.product_id = p.product_id and n.price_type_id = p.price_type_id
    )
