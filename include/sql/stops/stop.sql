-- Parameters: account, channel ('' for all), reason, author, now. No row: it was stopped before.
insert into channel_stop (account, channel, reason, author, since)
values (%(account)s, %(channel)s, %(reason)s, %(author)s, %(now)s)
on conflict (account, channel) do nothing
returning channel
