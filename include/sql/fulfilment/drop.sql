-- A person gives a task up. Parameters: task_id, reason, now.
update order_task as t
set
    state = 'refused',
    in_doubt = false,
    error = %(reason)s,
    run = null,
    finished_at = %(now)s
from posting as p
where p.posting_id = t.posting_id and t.task_id = %(task_id)s and t.state in ('waiting', 'refused')
returning t.task_id, p.account, p.number, t.kind
