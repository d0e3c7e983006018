-- Bring the reservations of orders up to date with their lines and states. Whoever calls holds the orders' rows.
-- Parameters: ids, now, read (false: only a push speaks of them), lapses_at (of what a push alone makes), reserves
-- (false: nothing new is reserved), and the account's warehouses as parallel arrays: stores (name or 1C's id), targets.
-- What is wanted: the pieces of the lines, but for those that the store's counts know of already, and those that came
-- back. A cancelled order wants none, unless its pieces had left the store: they are kept until back, or booked.
with subject as (
    select
        p.posting_id,
        p.version,
        p.status = 'cancelled'
        and p.shipped_at is null
        and not coalesce((p.cancellation ->> 'after_shipping')::bool, false) as given_back,
        -- a good that is found out only now was booked with the rest of the order, unless that has changed since
        case when p.erp_state = 'taken' and p.changed_at <= p.erp_answered_at then p.erp_answered_at end as booked_after,
        p.shipped_at,
        array(
            select distinct w.guid
            from unnest(%(stores)s::text[], %(targets)s::text[]) as m (store, target)
            inner join store_warehouse as w on m.store in (w.guid, w.name)
            where m.target = p.warehouse
            order by w.guid
        ) as stores
    from posting as p
    where p.posting_id = any(%(ids)s)
),

ordered as (
    select
        s.posting_id,
        l.product_id,
        case when s.given_back then 0 else sum(greatest(l.quantity, 0)) end as quantity
    from subject as s
    inner join posting_line as l using (posting_id)
    where l.product_id is not null
    group by s.posting_id, l.product_id, s.given_back
),

booked as (
    select
        r.reservation_id,
        r.posting_id,
        r.product_id,
        r.quantity,
        -- what the ERP once took and is to forget now does not count, should it be wanted again
        greatest(least(r.quantity, coalesce(o.quantity, 0) - coalesce(sum(r.quantity) over earlier, 0)), 0) as kept
    from reservation as r
    left join ordered as o on r.posting_id = o.posting_id and r.product_id = o.product_id
    where r.posting_id = any(%(ids)s) and r.ended_by = 'booked'
    window earlier as (
        partition by r.posting_id, r.product_id
        order by r.reservation_id
        rows between unbounded preceding and 1 preceding
    )
),

forgotten as (
    update reservation as r
    set
        quantity = greatest(b.kept, 1),
        ended_by = case when b.kept > 0 then r.ended_by when s.given_back then 'cancelled' else 'changed' end
    from booked as b
    inner join subject as s using (posting_id)
    where r.reservation_id = b.reservation_id and b.kept < b.quantity
),

known as (
    select
        posting_id,
        product_id,
        sum(kept) as quantity
    from booked
    group by posting_id, product_id
),

back as (
    select
        b.posting_id,
        l.product_id,
        sum(b.quantity) as quantity
    from posting_return as b
    inner join lateral (
        select x.product_id
        from posting_line as x
        where x.posting_id = b.posting_id and (x.sku = b.sku or x.article = b.article)
        limit 1
    ) as l on true
    where b.posting_id = any(%(ids)s) and b.received
    group by b.posting_id, l.product_id
),

wanted as (
    select
        s.posting_id,
        coalesce(o.product_id, r.product_id) as product_id,
        greatest(coalesce(o.quantity, 0) - coalesce(k.quantity, 0) - coalesce(b.quantity, 0), 0)::int as quantity,
        s.version,
        s.booked_after,
        s.shipped_at,
        s.stores,
        case
            when s.given_back then 'cancelled'
            when b.quantity is not null and o.quantity > 0 then 'returned'
            else 'changed'
        end as ends_by
    from (
        select
            posting_id,
            product_id
        from ordered
        union
        select
            posting_id,
            product_id
        from reservation
        where posting_id = any(%(ids)s) and ended_at is null
    ) as r
    inner join subject as s using (posting_id)
    left join ordered as o on r.posting_id = o.posting_id and r.product_id = o.product_id
    left join known as k on r.posting_id = k.posting_id and r.product_id = k.product_id
    left join back as b on r.posting_id = b.posting_id and r.product_id = b.product_id
)

merge into reservation as r
using wanted as w
on r.posting_id = w.posting_id and r.product_id = w.product_id and r.ended_at is null
when matched and w.quantity = 0 then
update set ended_at = %(now)s, ended_by = w.ends_by
when matched and (
    r.quantity <> w.quantity or r.stores <> w.stores or (%(read)s and r.lapses_at is not null)
) then
update set
    quantity = w.quantity,
    stores = w.stores,
    since_version = case when w.quantity > r.quantity then w.version else r.since_version end,
    -- the ERP has booked fewer pieces than are wanted now: it has to answer again
    booked_after = case when w.quantity > r.quantity then null else r.booked_after end,
    lapses_at = case when %(read)s then null else r.lapses_at end
when not matched and w.quantity > 0 and %(reserves)s then
insert (posting_id, product_id, stores, quantity, since_version, made_at, lapses_at, booked_after, shipped_after)
values (
    w.posting_id, w.product_id, w.stores, w.quantity, w.version, %(now)s, %(lapses_at)s, w.booked_after, w.shipped_at
)
returning r.product_id
