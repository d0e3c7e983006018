-- What the store said of a good at a time: its content, prices and counts, with the delivery that brought them.
-- Parameters: product_id, at. A variant's good is said beside it.
with family as (
    select p.product_id
    from product as p
    where
        p.product_id = %(product_id)s
        or p.guid = (select v.good_guid from product as v where v.product_id = %(product_id)s)
),

said as (
    select
        p.product_id, 'product' as kind, 0 as place,
        to_jsonb(p) - '{product_id,guid,good_guid,content_hash,exchange_id,changed_at}'::text[] as value,
        p.exchange_id, p.changed_at as since
    from product as p
    inner join family using (product_id)
    union all
    select
        product_id, 'price', price_type_id, jsonb_build_object('amount', amount, 'currency', currency),
        exchange_id, changed_at
    from price
    inner join family using (product_id)
    union all
    select
        product_id, 'stock', warehouse_id, jsonb_build_object('quantity', quantity), exchange_id, changed_at
    from stock
    inner join family using (product_id)
)

select
    t.kind, t.since, t.exchange_id, t.value, p.guid,
    case t.kind
        when 'price' then (select pt.name from price_type as pt where pt.price_type_id = t.place)
        when 'stock' then (select w.name from store_warehouse as w where w.warehouse_id = t.place)
    end as place
from (
    select * from said where since <= %(at)s
    union all
    select product_id, kind, place, value, exchange_id, since
    from store_past
    inner join family using (product_id)
    where since <= %(at)s and until > %(at)s
) as t
inner join product as p using (product_id)
order by t.kind, p.guid, place
