-- Alerts that were raised, or grew, and were not told yet, the gravest first. Parameters: limit.
select alert_id, key, level, account, message, since, raised_at
from alert
where ended_at is null and told_at is null
order by array_position(array['urgent', 'warning', 'notice'], level), raised_at, alert_id
limit %(limit)s
