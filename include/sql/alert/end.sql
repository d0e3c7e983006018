-- Troubles are over. Parameters: keys, now.
update alert
set ended_at = %(now)s
where key = any(%(keys)s) and ended_at is null
