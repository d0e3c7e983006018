-- A label task that is about to be asked of the marketplace. Parameters: account, numbers, now.
insert into label_request (account, numbers, state, created_at)
values (%(account)s, %(numbers)s, 'open', %(now)s)
returning label_request_id
