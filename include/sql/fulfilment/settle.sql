-- What became of a task; `expected`: its last call's effect is still awaited.
-- Parameters: task_id, state, in_doubt, expected, looked (0 or 1), not_before, result, error, run, now.
update order_task
set
    state = %(state)s,
    in_doubt = %(in_doubt)s,
    called_at = case when %(expected)s then called_at end,
    looks = looks + %(looked)s,
    not_before = %(not_before)s,
    result = result || %(result)s,
    error = %(error)s,
    run = %(run)s,
    finished_at = case when %(state)s in ('done', 'refused') then %(now)s end
where task_id = %(task_id)s and state in ('waiting', 'doing')
returning task_id
