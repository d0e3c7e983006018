-- An order that is gone needs nothing else: its other open tasks end. Parameters: posting_id, kinds, reason, now.
update order_task
set
    state = 'refused',
    in_doubt = false,
    error = %(reason)s,
    finished_at = %(now)s
where posting_id = %(posting_id)s and kind = any(%(kinds)s) and state in ('waiting', 'doing')
returning task_id, kind
