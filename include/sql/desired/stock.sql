-- The pieces that the store offers in each of the marketplace's warehouses.
-- Parameters: account, offers (null: all), states (of offers), and the account's warehouses as parallel arrays:
--   stores (name or 1C's id), targets, buffers, hide_below, show_at_most. Fills desired.
-- A negative or fractional count is rounded towards zero; a good that is not wanted, or not counted, has none.
with mapped as (
    select
        w.warehouse_id,
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

counted as (
    select
        s.product_id,
        m.target,
        sum(least(
            case
                when greatest(floor(s.quantity) - m.buffer, 0) < m.hide_below then 0
                else greatest(floor(s.quantity) - m.buffer, 0)
            end,
            m.show_at_most
        )) as amount,
        max(s.exchange_id) as exchange_id
    from mapped as m
    inner join stock as s using (warehouse_id)
    where
        %(offers)s::bigint[] is null
        or s.product_id in (select o.product_id from offer as o where o.offer_id = any(%(offers)s::bigint[]))
    group by s.product_id, m.target
)

insert into desired (offer_id, warehouse, amount, exchange_id)
select
    o.offer_id,
    t.target,
    case when o.wanted then coalesce(c.amount, 0) else 0 end,
    c.exchange_id
from offer as o
cross join (select distinct target from mapped) as t
left join counted as c on o.product_id = c.product_id and t.target = c.target
where
    o.account = %(account)s and o.state = any(%(states)s::text[])
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
