-- The open label tasks of some orders. Parameters: account, numbers.
select
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
from order_task as t
inner join posting as p using (posting_id)
where
    p.account = %(account)s
    and p.number = any(%(numbers)s)
    and t.kind = 'label'
    and t.state in ('waiting', 'doing')
order by p.ship_by nulls last, t.task_id
