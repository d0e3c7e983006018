-- What was asked for an order, in its order; one task of it, or all (null). Reads only.
-- Parameters: posting_id, task_id.
select
    task_id,
    kind,
    state,
    error,
    asked_by,
    asked_at,
    finished_at
from order_task
where posting_id = %(posting_id)s and (%(task_id)s::bigint is null or task_id = %(task_id)s)
order by task_id
