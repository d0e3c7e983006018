-- What was asked for orders: the open and the refused, or all of one order. Parameters: account, number, state.
select
    t.task_id,
    p.account,
    p.number,
    t.kind,
    t.state,
    t.in_doubt,
    t.attempts,
    t.not_before,
    t.asked_by,
    t.asked_at,
    t.finished_at,
    t.error,
    p.status,
    p.ship_by
from order_task as t
inner join posting as p using (posting_id)
where
    coalesce(p.account = %(account)s, true)
    and coalesce(p.number = %(number)s, t.state in ('waiting', 'doing', 'refused'))
    and coalesce(t.state = %(state)s, true)
order by p.ship_by nulls last, t.task_id
