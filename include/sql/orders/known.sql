-- What is known of these orders. Parameters: account, numbers.
select posting_id, number, content_hash, read_at, heard_at
from posting
where account = %(account)s and number = any(%(numbers)s)
