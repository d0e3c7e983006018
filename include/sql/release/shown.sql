-- A person looks at the open requests of an account. Parameters: account, channel (null: all), now.
update hold_request
set shown_at = %(now)s
where account = %(account)s and state = 'open' and (%(channel)s::text is null or channel = %(channel)s)
