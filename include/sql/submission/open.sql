-- The intent row of a call. Parameters: account, channel, now.
insert into submission (account, channel, state, items, created_at)
values (%(account)s, %(channel)s, 'sending', 0, %(now)s)
returning submission_id
