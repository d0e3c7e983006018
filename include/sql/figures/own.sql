-- The store's own figures of each day since %(first)s, about the orders that were made on it: how many, minutes from
-- hearing of one to its assembly, shares in percent. A day without orders has none. They are reckoned anew while its
-- orders live. Parameters: account, first (a date), zone, now.
with judged as (
    select
        (coalesce(created_at, received_at) at time zone %(zone)s)::date as day,
        extract(epoch from assembled_at - received_at) / 60 as reaction,
        coalesce(status = 'cancelled' and cancellation ->> 'by' = 'seller', false) as cancelled_by_us,
        coalesce(
            assembled_at > ship_by
            or (assembled_at is null and status in ('new', 'to_assemble', 'unknown') and ship_by <= %(now)s)
            or (assembled_at is null and status = 'cancelled' and ship_by < ended_at and ship_by >= received_at),
            false
        ) as late
    from posting
    where
        account = %(account)s
        and coalesce(created_at, received_at) >= %(first)s::date::timestamp at time zone %(zone)s
),

days as (
    select
        day,
        count(*)::numeric as orders,
        count(reaction)::numeric as assembled,
        percentile_cont(0.5) within group (order by reaction)::numeric as reaction_p50,
        percentile_cont(0.95) within group (order by reaction)::numeric as reaction_p95,
        100.0 * count(*) filter (where cancelled_by_us) / count(*) as cancelled_by_us,
        100.0 * count(*) filter (where late) / count(*) as assembled_late,
        100.0 * count(*) filter (where not late) / count(*) as on_time,
        100.0 * count(*) filter (where cancelled_by_us or late) / count(*) as errors
    from judged
    group by day
)

insert into order_figure (account, day, name, value, read_at)
select %(account)s, d.day, f.name, round(f.value, 2), %(now)s
from days as d
cross join lateral (
    values
    ('orders', d.orders), ('assembled', d.assembled),
    ('reaction_p50', d.reaction_p50), ('reaction_p95', d.reaction_p95),
    ('cancelled_by_us', d.cancelled_by_us), ('assembled_late', d.assembled_late), ('on_time', d.on_time),
    ('errors', d.errors)
) as f (name, value)
on conflict (account, day, name) do update set value = excluded.value, read_at = excluded.read_at
where order_figure.value is distinct from excluded.value
