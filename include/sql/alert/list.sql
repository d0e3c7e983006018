-- The open alerts, the gravest and then the oldest first; with %(ended)s also the last that ended.
-- Parameters: ended, limit.
select alert_id, key, level, account, message, since, raised_at, told_at, ended_at
from alert
where ended_at is null or %(ended)s
order by
    ended_at desc nulls first,
    array_position(array['urgent', 'warning', 'notice'], level),
    since, alert_id
limit %(limit)s
