-- How many new orders pushes told of since a moment. Parameters: account, since.
select count(*) as n
from posting_event
where account = %(account)s and source = 'push' and kind = 'new' and received_at > %(since)s
