-- Which offers the cards were taken for. Parameters: account. Reads taking.
update taking as t
set offer_id = o.offer_id
from offer as o
where o.account = %(account)s and o.product_id = t.product_id and t.offer_id is null
