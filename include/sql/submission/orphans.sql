-- Submissions whose caller died before an answer. Parameters: account, channel.
select submission_id, created_at
from submission
where account = %(account)s and channel = %(channel)s and state = 'sending'
order by submission_id
