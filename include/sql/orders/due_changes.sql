-- Where an order's deadline alert differs from the one that is open: it is new, grows, begins anew for a later time,
-- or is over (then posting_id is null). At the last point of time the level is urgent, at the one before it warning,
-- before that notice. Parameters: account, now, shares (of the time to ship-by that are left), minutes (left).
with unassembled as (
    select
        posting_id, number, status, ship_by, status_there,
        coalesce(created_at, received_at) as began_at
    from posting
    where
        account = %(account)s and status in ('new', 'to_assemble', 'unknown')
        and ship_by is not null and assembled_at is null
),

points as (
    select
        u.posting_id,
        count(*) filter (where p.left_at <= %(now)s) as passed,
        count(*) filter (where p.left_at > %(now)s) as ahead
    from unassembled as u
    cross join lateral (
        select u.ship_by - s.share * (u.ship_by - u.began_at) as left_at
        from unnest(%(shares)s::float8[]) as s (share)
        union all
        select u.ship_by - make_interval(mins => m.minutes) as left_at
        from unnest(%(minutes)s::int[]) as m (minutes)
    ) as p
    group by u.posting_id
),

wanted as (
    select
        u.posting_id, u.number, u.status, u.status_there, u.ship_by,
        u.ship_by <= %(now)s as overdue,
        case when u.ship_by <= %(now)s then 'overdue/' else 'due/' end || %(account)s || '/' || u.number as key,
        case
            when u.ship_by <= %(now)s or p.ahead = 0 then 'urgent'
            when p.ahead = 1 then 'warning'
            else 'notice'
        end as level
    from unassembled as u
    left join points as p using (posting_id)
    where u.ship_by <= %(now)s or p.passed > 0
),

open_now as (
    select key, level
    from alert
    where
        ended_at is null and account = %(account)s
        and (starts_with(key, 'due/') or starts_with(key, 'overdue/'))
)

select
    coalesce(w.key, o.key) as key,
    w.posting_id, w.number, w.status, w.status_there, w.ship_by, w.overdue, w.level,
    o.level as open_level
from wanted as w
full join open_now as o using (key)
where w.level is distinct from o.level
order by w.ship_by nulls first, key
