-- The last task of a kind for an order; an open one is always the last. Parameters: posting_id, kind.
select
    task_id,
    asked,
    state,
    error,
    asked_by,
    asked_at
from order_task
where posting_id = %(posting_id)s and kind = %(kind)s
order by task_id desc
limit 1
