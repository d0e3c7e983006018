-- Claim what may be done now, the least time left first. Of one order, what comes first is done first: a cancellation,
-- then marks, shipping, label and tracking number, the moves of our own carrier. A label that is being made is left
-- alone. Parameters: account, kinds, kind_order (every kind, by its turn), at_most, now.
with due as (
    select t.task_id
    from order_task as t
    inner join posting as p using (posting_id)
    where
        p.account = %(account)s
        and t.state = 'waiting'
        and t.kind = any(%(kinds)s)
        and coalesce(t.not_before <= %(now)s, true)
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
    order by p.ship_by nulls last, t.task_id
    limit %(at_most)s
    for update of t skip locked
)

update order_task as t
set state = 'doing'
from due, posting as p
where t.task_id = due.task_id and p.posting_id = t.posting_id
returning
    t.task_id,
    t.posting_id,
    t.kind,
    t.asked,
    t.in_doubt,
    t.attempts,
    t.called_at,
    t.looks,
    t.result,
    t.asked_by,
    p.number,
    p.status,
    p.ship_by
