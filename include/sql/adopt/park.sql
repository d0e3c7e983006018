-- Offers that get another article give up their own first: two of them may swap theirs. Reads taking.
update offer as o
set article = 'adopting/' || o.offer_id
from taking as t
where o.offer_id = t.offer_id and o.article <> t.article
