-- What the adopted cards say as a whole, those of earlier adoptions too. Parameters: account, began_at.
-- Reads cabinet_card.
insert into card_seen as seen (offer_id, document, read_at)
select o.offer_id, c.document, %(began_at)s
from offer as o
inner join cabinet_card as c on o.external_id = c.external_id
where o.account = %(account)s and o.adopted_at is not null and c.document is not null
on conflict (offer_id) do update
set document = excluded.document, read_at = excluded.read_at
