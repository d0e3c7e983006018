-- The prices that the store wants, by the marketplace's rules for struck prices and floors.
-- Parameters: account, offers (null: all), states (of offers), price_types, old_types, floor_types (the store's price
--   types, of several the first that a good has counts), gap_below, gap_at_least, gap_share (parallel arrays,
--   ascending, the last below is null), largest_discount, floor_share.
-- Fills desired; an amount of null is a blank; old 0 means: no struck price; floor null: leave it alone.
with rule as (
    select *
    from
        unnest(%(gap_below)s::numeric[], %(gap_at_least)s::numeric[], %(gap_share)s::numeric[])
        with ordinality as r (below, at_least, share, place)
),

wanted as (
    select offer_id, product_id
    from offer
    where
        account = %(account)s and wanted and state = any(%(states)s::text[])
        and (%(offers)s::bigint[] is null or offer_id = any(%(offers)s::bigint[]))
),

-- in the order of the table's key, so that the first of several types is found without sorting the table
asked as (
    select distinct on (p.product_id) p.product_id, p.amount, p.currency, p.exchange_id
    from price as p
    inner join unnest(%(price_types)s::int[]) with ordinality as t (price_type_id, place) using (price_type_id)
    where %(offers)s::bigint[] is null or p.product_id in (select w.product_id from wanted as w)
    order by p.product_id, t.place
),

struck as (
    select distinct on (p.product_id) p.product_id, p.amount, p.currency
    from price as p
    inner join unnest(%(old_types)s::int[]) with ordinality as t (price_type_id, place) using (price_type_id)
    where %(offers)s::bigint[] is null or p.product_id in (select w.product_id from wanted as w)
    order by p.product_id, t.place
),

lowest as (
    select distinct on (p.product_id) p.product_id, p.amount, p.currency
    from price as p
    inner join unnest(%(floor_types)s::int[]) with ordinality as t (price_type_id, place) using (price_type_id)
    where
        p.amount > 0
        and (%(offers)s::bigint[] is null or p.product_id in (select w.product_id from wanted as w))
    order by p.product_id, t.place
)

insert into desired (offer_id, warehouse, amount, old, floor, store_floor, currency, exchange_id)
select
    w.offer_id,
    '',
    a.amount,
    case
        when s.amount > a.amount and a.amount > 0
        and s.amount - a.amount >= coalesce((
            select greatest(r.at_least, a.amount * r.share)
            from rule as r
            where r.below is null or a.amount < r.below
            order by r.place
            limit 1
        ), 0)
        and (%(largest_discount)s::numeric is null or s.amount - a.amount < s.amount * %(largest_discount)s::numeric)
        then s.amount
        else 0
    end,
    case
        when l.amount is null or l.amount >= a.amount then null
        else greatest(l.amount, ceil(a.amount * %(floor_share)s::numeric * 100) / 100)
    end,
    l.amount,
    a.currency,
    a.exchange_id
from wanted as w
left join asked as a using (product_id)
left join struck as s on w.product_id = s.product_id and a.currency = s.currency
left join lowest as l on w.product_id = l.product_id and a.currency = l.currency
