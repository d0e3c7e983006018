-- The marketplace took the batch and answers later. Parameters: submission_id, task_id, now.
update submission
set state = 'accepted', task_id = %(task_id)s, answered_at = %(now)s
where submission_id = %(submission_id)s
