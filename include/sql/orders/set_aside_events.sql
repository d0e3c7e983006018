-- Events that wait for a person. Parameters: account (null: all).
select
    event_id,
    account,
    source,
    number,
    received_at,
    attempts,
    error
from posting_event
where state = 'set_aside' and (%(account)s::text is null or account = %(account)s)
order by event_id
