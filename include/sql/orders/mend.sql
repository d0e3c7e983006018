-- What was set aside of orders that could be taken now is done with; their numbers. Parameters: account, numbers, now.
update posting_event
set state = 'done', done_at = %(now)s
where account = %(account)s and state = 'set_aside' and number = any(%(numbers)s)
returning event_id, number
