-- What people were told of these orders and is not over. Parameters: ids.
select key
from alert
where posting_id = any(%(ids)s) and ended_at is null
