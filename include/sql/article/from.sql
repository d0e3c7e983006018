-- A rename starts at the article under which the offer is listed. Reads pending.
update pending as p
set from_text = o.article
from offer as o
where o.offer_id = p.offer_id
