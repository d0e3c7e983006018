-- Whoever asks something for an order, one after another. Parameters: posting_id.
select posting_id
from posting
where posting_id = %(posting_id)s
for update
