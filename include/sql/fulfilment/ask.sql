-- Work for an order. Parameters: posting_id, kind, asked, asked_by, not_before, now.
insert into order_task (posting_id, kind, asked, asked_by, asked_at, state, not_before)
select
    posting_id,
    %(kind)s,
    %(asked)s,
    %(asked_by)s,
    %(now)s as asked_at,
    'waiting' as state,
    %(not_before)s
from posting
where posting_id = %(posting_id)s
returning task_id
