-- Work for an order. Parameters: posting_id, kind, asked, asked_by, not_before, now.
insert into order_task (posting_id, kind, asked, asked_by, asked_at, state, not_before)
values (%(posting_id)s, %(kind)s, %(asked)s, %(asked_by)s, %(now)s, 'waiting', %(not_before)s)
returning task_id
