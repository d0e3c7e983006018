-- Let so many planned changes go as the marketplace's quota has room for, goods in stock first, then the newest; the
-- rest waits for the quota's next day, or is let go where there is room again.
-- Parameters: account, channel, creates and updates (null: no bound), resets_at, stores (names or 1C's ids of mapped
--   warehouses), now.
with ranked as (
    select
        c.change_id,
        row_number() over (
            partition by o.state = 'new'
            order by
                exists (
                    select 1
                    from stock as s
                    inner join store_warehouse as w using (warehouse_id)
                    where
                        s.product_id = o.product_id and s.quantity >= 1
                        and (w.name = any(%(stores)s::text[]) or w.guid = any(%(stores)s::text[]))
                ) desc,
                c.lane,
                c.plan_id desc,
                o.offer_id desc
        ) as place,
        case when o.state = 'new' then %(creates)s::bigint else %(updates)s::bigint end as room
    from change as c
    inner join offer as o using (offer_id)
    where
        o.account = %(account)s and c.channel = %(channel)s and c.state = 'planned'
        and (c.not_before is null or c.not_before <= %(now)s or c.waits_for = 'quota')
        and not exists (select 1 from offer_freeze as f where f.offer_id = c.offer_id)
)

update change as c
set
    waits_for = case when r.place > r.room then 'quota' end,
    not_before = case when r.place > r.room then %(resets_at)s::timestamptz end
from ranked as r
where
    r.change_id = c.change_id
    and (
        (coalesce(r.place > r.room, false)) <> (c.waits_for is not distinct from 'quota')
        or (r.place > r.room and c.not_before is distinct from %(resets_at)s::timestamptz)
    )
