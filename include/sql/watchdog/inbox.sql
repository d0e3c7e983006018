-- What lies in the inbox of each account: set aside for a person, or waiting for too long. Parameters: before.
select
    account,
    count(*) filter (where state = 'set_aside') as set_aside,
    min(number) filter (where state = 'set_aside') as example,
    count(*) filter (where state = 'waiting') as waiting,
    min(received_at) filter (where state = 'waiting') as waiting_since
from posting_event
where state = 'set_aside' or (state = 'waiting' and received_at < %(before)s)
group by account
