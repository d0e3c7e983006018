-- The calls of some submissions, in order. Parameters: submissions, first, last (when they can have been made).
select
    submission_id, at, method, status, outcome, ms, attempt, items, trace_id, error, request_body, response_body
from api_call
where
    submission_id = any(%(submissions)s::bigint[])
    and at between %(first)s::timestamptz and %(last)s::timestamptz
order by at, call_id
