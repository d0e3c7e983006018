-- Write one exchange down.
insert into api_call (
    at, account, method, status, outcome, ms, attempt, items, submission_id, trace_id,
    request_hash, request_bytes, response_bytes, request_body, response_body, error
) values (
    %(at)s, %(account)s, %(method)s, %(status)s, %(outcome)s, %(ms)s, %(attempt)s, %(items)s, %(submission)s,
    %(trace_id)s, %(request_hash)s, %(request_bytes)s, %(response_bytes)s, %(request_body)s, %(response_body)s,
    %(error)s
)
