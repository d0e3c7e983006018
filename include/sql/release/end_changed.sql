-- What newer plans hold no more leaves its request. Parameters: account, channel, now.
update hold_item as i
set ended = 'changed', ended_at = %(now)s
from hold_request as q, change as c
where
    q.account = %(account)s and q.channel = %(channel)s and q.state = 'open'
    and i.request_id = q.request_id and i.ended is null
    and c.change_id = i.change_id and c.state <> 'held'
