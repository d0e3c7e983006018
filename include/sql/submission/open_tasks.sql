-- Submissions that wait for the marketplace's answer. Parameters: account, channel.
select submission_id, task_id, created_at
from submission
where account = %(account)s and channel = %(channel)s and state = 'accepted'
order by submission_id
