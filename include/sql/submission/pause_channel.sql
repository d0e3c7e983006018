-- The marketplace asked for a long pause: the channel sends nothing until then. Parameters: account, channel, until,
--   message, now.
insert into channel_pause as p (account, channel, until, message, since)
values (%(account)s, %(channel)s, %(until)s, %(message)s, %(now)s)
on conflict (account, channel) do update
set until = greatest(p.until, excluded.until), message = excluded.message, since = excluded.since
