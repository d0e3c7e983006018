-- The open label tasks that are to be looked at, the oldest first; those whose name never came too.
-- Parameters: account, now.
select
    label_request_id,
    external_id,
    numbers,
    created_at,
    completed_at,
    looks
from label_request
where account = %(account)s and state = 'open' and coalesce(next_look_at <= %(now)s, true)
order by label_request_id
