-- In the transaction of the merge. Parameters: exchange_id, kind, counts, error, now.
update exchange
set
    state = 'imported', kind = %(kind)s, counts = %(counts)s, error = %(error)s, finished_at = %(now)s,
    started_at = coalesce(started_at, %(now)s)
where exchange_id = %(exchange_id)s
