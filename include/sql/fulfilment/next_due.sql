-- When the next piece of an account's work is due; null where there is none. What waits for something else of its
-- order, or for a label that is being made, is not due by itself. Parameters: account, kinds, kind_order.
select min(due_at) as due_at
from (
    select coalesce(t.not_before, t.asked_at) as due_at
    from order_task as t
    inner join posting as p using (posting_id)
    where
        p.account = %(account)s
        and t.state in ('waiting', 'doing')
        and t.kind = any(%(kinds)s)
        and not exists (
            select 1
            from order_task as earlier
            where
                earlier.posting_id = t.posting_id
                and earlier.state in ('waiting', 'doing')
                and array_position(%(kind_order)s::text[], earlier.kind)
                < array_position(%(kind_order)s::text[], t.kind)
        )
        and not (
            t.kind = 'label'
            and exists (
                select 1
                from label_request as r
                where r.account = p.account and r.state = 'open' and p.number = any(r.numbers)
            )
        )
    union all
    select coalesce(next_look_at, created_at) as due_at
    from label_request
    where account = %(account)s and state = 'open'
    union all
    select coalesce(not_before, created_at) as due_at
    from handover
    where account = %(account)s and state in ('waiting', 'forming')
) as due
