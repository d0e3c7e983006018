-- The goods of orders. Parameters: ids.
select distinct product_id
from posting_line
where posting_id = any(%(ids)s) and product_id is not null
