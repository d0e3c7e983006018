-- What a killed run had at work waits again; its doubt stays. Only for the holder of the account's lock.
-- Parameters: account, kinds.
update order_task as t
set state = 'waiting'
from posting as p
where
    p.posting_id = t.posting_id
    and p.account = %(account)s
    and t.state = 'doing'
    and t.kind = any(%(kinds)s)
returning t.task_id
