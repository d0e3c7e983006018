-- A label makes sense only some time after the order was assembled. Parameters: posting_id, not_before.
update order_task
set not_before = %(not_before)s
where
    posting_id = %(posting_id)s
    and kind = 'label'
    and state = 'waiting'
    and coalesce(not_before < %(not_before)s, true)
returning task_id
