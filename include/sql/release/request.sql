-- One request. Parameters: request_id.
select request_id, account, channel, state, opened_at, shown_at, asked_at, decided_at, author, reason, counts, examples
from hold_request
where request_id = %(request_id)s
