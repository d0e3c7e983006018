-- A person closes an alert. Parameters: alert_id, now.
update alert
set ended_at = %(now)s
where alert_id = %(alert_id)s and ended_at is null
