-- The open alerts that one check of the watchdog raised. Parameters: prefix.
select key
from alert
where ended_at is null and starts_with(key, %(prefix)s)
