-- The documents that were rendered for wanted offers. Parameters: account, channel, offers (null: all). Fills desired.
-- An adopted card is left as people made it: what is rendered from the store would replace their texts and pictures.
-- A card needs a price to start with: one that was confirmed before, or one that no guard holds (opening_price).
insert into desired (offer_id, warehouse, hash, exchange_id)
select
    o.offer_id,
    '',
    r.hash,
    p.exchange_id
from offer as o
inner join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s and r.hash is not null
inner join product as p on p.product_id = o.product_id
where
    o.account = %(account)s and o.wanted and o.adopted_at is null
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
    and exists (select 1 from opening_price as price where price.offer_id = o.offer_id)
