-- The stopped accounts and channels. Parameters: account (null: all).
select account, channel, reason, author, since
from channel_stop
where %(account)s::text is null or account = %(account)s
order by account, channel
