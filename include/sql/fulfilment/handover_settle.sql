-- How far a handover is. Parameters: handover_id, state, external_id, status_there, act_file, error, not_before, now.
update handover
set
    state = %(state)s,
    external_id = coalesce(%(external_id)s, external_id),
    status_there = coalesce(%(status_there)s, status_there),
    act_file = coalesce(%(act_file)s, act_file),
    attempts = attempts + 1,
    error = %(error)s,
    not_before = %(not_before)s,
    changed_at = %(now)s
where handover_id = %(handover_id)s
returning handover_id
