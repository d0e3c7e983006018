-- A reconciliation's end. Parameters: reconciliation_id, state, counts, error, now.
update reconciliation
set state = %(state)s, counts = %(counts)s, error = %(error)s, finished_at = %(now)s
where reconciliation_id = %(reconciliation_id)s
