-- Submissions whose caller died before an answer; without items: before the call. Parameters: account, channel.
select submission_id, items, created_at
from submission
where account = %(account)s and channel = %(channel)s and state = 'sending'
order by submission_id
