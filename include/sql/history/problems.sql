-- What was wrong in a delivery. Parameters: exchange_id, limit.
select file, line, message
from exchange_problem
where exchange_id = %(exchange_id)s
order by file, line
limit %(limit)s
