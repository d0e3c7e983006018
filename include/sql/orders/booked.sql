-- The ERP took these orders: free pieces that it counts from now on know of them. Parameters: ids, now.
-- An answer to a pack that carried an older version speaks of fewer pieces than are reserved now: it books nothing.
-- The orders' rows are locked first, in one order with everybody else.
with locked as (
    select
        p.posting_id,
        p.shipped_at
    from posting as p
    where p.posting_id = any(%(ids)s)
    order by p.number
    for update
)

update reservation as r
set
    booked_after = %(now)s,
    -- of what has been shipped already the ERP takes nothing that is not
    shipped_after = case when l.shipped_at is null then r.shipped_after else %(now)s end
from locked as l
where
    r.posting_id = l.posting_id and r.ended_at is null and r.booked_after is null
    and (
        not exists (select 1 from erp_pack_posting as t where t.posting_id = r.posting_id)
        or exists (
            select 1
            from erp_pack_posting as t
            where t.posting_id = r.posting_id and t.state = 'taken' and t.version >= r.since_version
        )
    )
