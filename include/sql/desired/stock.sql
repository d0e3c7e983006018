-- The pieces that the store offers in each of the marketplace's warehouses.
-- Parameters: account, offers (null: all), states (of offers), and the account's warehouses as parallel arrays:
--   stores (name or 1C's id), targets, buffers, hide_below, show_at_most. Fills desired.
-- A negative or fractional count is rounded towards zero; a good that is not wanted, or not counted, has none.
-- What is reserved for orders, whoever sold it, is taken off before buffers and bounds: off every target that a
-- reservation's warehouses feed too, from the fullest warehouse first.
with mapped as (
    select
        w.warehouse_id,
        w.guid,
        m.target,
        m.buffer,
        m.hide_below,
        m.show_at_most
    from
        unnest(
            %(stores)s::text[], %(targets)s::text[], %(buffers)s::int[], %(hide_below)s::int[], %(show_at_most)s::int[]
        ) as m (store, target, buffer, hide_below, show_at_most)
    left join store_warehouse as w on m.store in (w.guid, w.name)
),

reserved as (
    select
        r.product_id,
        t.target,
        sum(r.quantity) as quantity
    from reservation as r
    inner join (
        select
            target,
            array_agg(guid) as stores
        from mapped
        group by target
    ) as t on cardinality(r.stores) = 0 or r.stores && t.stores
    where
        r.ended_at is null
        and (
            %(offers)s::bigint[] is null
            or r.product_id in (select o.product_id from offer as o where o.offer_id = any(%(offers)s::bigint[]))
        )
    group by r.product_id, t.target
),

taken as (
    select
        r.product_id,
        r.target,
        s.warehouse_id,
        r.quantity - coalesce(sum(greatest(floor(s.quantity), 0)) over fullest, 0) as quantity
    from reserved as r
    inner join mapped as m on r.target = m.target
    inner join stock as s on r.product_id = s.product_id and m.warehouse_id = s.warehouse_id
    window fullest as (
        partition by r.product_id, r.target
        order by s.quantity desc, s.warehouse_id
        rows between unbounded preceding and 1 preceding
    )
),

counted as (
    select
        s.product_id,
        m.target,
        sum(least(
            case when a.pieces < m.hide_below then 0 else a.pieces end,
            m.show_at_most
        )) as amount,
        sum(least(
            case when a.unreserved < m.hide_below then 0 else a.unreserved end,
            m.show_at_most
        )) as unreserved,
        max(s.exchange_id) as exchange_id
    from mapped as m
    inner join stock as s using (warehouse_id)
    left join taken as t
        on s.product_id = t.product_id and m.target = t.target and s.warehouse_id = t.warehouse_id
    cross join lateral (
        values (
            greatest(floor(s.quantity) - greatest(coalesce(t.quantity, 0), 0) - m.buffer, 0),
            greatest(floor(s.quantity) - m.buffer, 0)
        )
    ) as a (pieces, unreserved)
    where
        %(offers)s::bigint[] is null
        or s.product_id in (select o.product_id from offer as o where o.offer_id = any(%(offers)s::bigint[]))
    group by s.product_id, m.target
)

insert into desired (offer_id, warehouse, amount, exchange_id, origin)
select
    o.offer_id,
    t.target,
    case when o.wanted then coalesce(c.amount, 0) else 0 end,
    c.exchange_id,
    case when o.wanted and c.amount < c.unreserved then 'order' end
from offer as o
cross join (select distinct target from mapped) as t
left join counted as c on o.product_id = c.product_id and t.target = c.target
where
    o.account = %(account)s and o.state = any(%(states)s::text[])
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
