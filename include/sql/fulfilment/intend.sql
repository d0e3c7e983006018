-- A call is about to be made: from here on it may have had its effect. Parameters: task_ids, result, now.
update order_task
set
    in_doubt = true,
    called_at = %(now)s,
    attempts = attempts + 1,
    looks = 0,
    result = result || %(result)s
where task_id = any(%(task_ids)s) and state = 'doing'
returning task_id
