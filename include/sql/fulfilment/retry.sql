-- Do now what waits, and once more what was refused: of a task, of an order, or of a run. A refused task stays where
-- a newer one of its kind is there. Parameters: account, task_id, number, run, now.
update order_task as t
set
    state = 'waiting',
    not_before = %(now)s,
    finished_at = null,
    run = null
from posting as p
where
    p.posting_id = t.posting_id
    and coalesce(p.account = %(account)s, true)
    and (t.task_id = %(task_id)s::bigint or p.number = %(number)s::text or t.run = %(run)s::text)
    and t.state in ('waiting', 'refused')
    and not exists (
        select 1
        from order_task as newer
        where newer.posting_id = t.posting_id and newer.kind = t.kind and newer.task_id > t.task_id
    )
returning t.task_id, p.account, p.number, t.kind
