-- The channels of an account in which a request is open. Parameters: account, channel (null: all).
select channel
from hold_request
where account = %(account)s and state = 'open' and (%(channel)s::text is null or channel = %(channel)s)
order by channel
