-- A trouble is over. Parameters: key, now.
update alert
set ended_at = %(now)s
where key = %(key)s and ended_at is null
