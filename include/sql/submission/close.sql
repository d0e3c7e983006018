-- A submission's end. Parameters: submission_id, state (done, failed), error, now.
update submission
set
    state = %(state)s,
    error = %(error)s,
    answered_at = coalesce(answered_at, %(now)s),
    finished_at = %(now)s
where submission_id = %(submission_id)s
