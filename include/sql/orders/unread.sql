-- Orders of which pushes told something that no reading has confirmed, longest waiting first; what the marketplace did
-- not show for long is left to the lists. Parameters: account, since, limit.
select number
from posting
where account = %(account)s and heard_at > %(since)s
order by heard_at
limit %(limit)s
