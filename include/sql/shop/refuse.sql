-- Nothing of the delivery was merged. Parameters: exchange_id, error, now.
update exchange
set state = 'refused', error = %(error)s, finished_at = %(now)s, started_at = coalesce(started_at, %(now)s)
where exchange_id = %(exchange_id)s
