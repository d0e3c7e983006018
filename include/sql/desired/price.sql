-- The prices that the store wants, by the marketplace's rules for struck prices and floors.
-- Parameters: account, price_type, old_type, floor_type (names; null where unused), currency, offers (null: all),
--   states (of offers), gap_below, gap_at_least, gap_share (parallel arrays, ascending, the last below is null),
--   largest_discount, floor_share. Fills desired; old 0 means: no struck price; floor null: leave it alone.
with rule as (
    select *
    from
        unnest(%(gap_below)s::numeric[], %(gap_at_least)s::numeric[], %(gap_share)s::numeric[])
        with ordinality as r (below, at_least, share, place)
),

asked as (
    select
        o.offer_id,
        p.amount,
        p.currency,
        p.exchange_id,
        struck.amount as old,
        lowest.amount as store_floor
    from offer as o
    inner join price_type as t on t.name = %(price_type)s
    left join price as p on p.product_id = o.product_id and p.price_type_id = t.price_type_id
    left join price_type as struck_type on struck_type.name = %(old_type)s
    left join price as struck
        on struck.product_id = o.product_id and struck.price_type_id = struck_type.price_type_id
        and struck.currency = p.currency
    left join price_type as lowest_type on lowest_type.name = %(floor_type)s
    left join price as lowest
        on lowest.product_id = o.product_id and lowest.price_type_id = lowest_type.price_type_id
        and lowest.currency = p.currency and lowest.amount > 0
    where
        o.account = %(account)s and o.wanted and o.state = any(%(states)s::text[])
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
)

insert into desired (offer_id, warehouse, amount, old, floor, store_floor, currency, exchange_id)
select
    a.offer_id,
    '',
    a.amount,
    case
        when a.old > a.amount and a.amount > 0
        and a.old - a.amount >= coalesce((
            select greatest(r.at_least, a.amount * r.share)
            from rule as r
            where r.below is null or a.amount < r.below
            order by r.place
            limit 1
        ), 0)
        and (%(largest_discount)s::numeric is null or a.old - a.amount < a.old * %(largest_discount)s::numeric)
        then a.old
        else 0
    end,
    case
        when a.store_floor is null or a.store_floor >= a.amount then null
        else greatest(a.store_floor, ceil(a.amount * %(floor_share)s::numeric * 100) / 100)
    end,
    a.store_floor,
    a.currency,
    a.exchange_id
from asked as a
