-- The documents that were rendered for wanted offers. Parameters: account, channel, offers (null: all), adopted.
-- Fills desired.
-- An adopted card is left as people made it, unless `adopted` says that it is kept equal by the owners of its fields.
-- A new card needs a price to start with that no guard holds (opening_price); one that is there keeps its own.
-- The text is the hash over the fields on ask: of a card that is there it moves alone, once nothing else differs, and
-- only where it is known what is there.
-- A new card starts with the pictures that can be used: where the store lists some, with one at least (offer_gallery).
insert into desired (offer_id, warehouse, hash, text, exchange_id)
select
    o.offer_id,
    '',
    r.hash,
    case
        when o.state = 'new' then encode(r.ask_hash, 'hex')
        when oc.confirmed_text is null or r.ask_hash is null then oc.confirmed_text
        when r.hash is distinct from oc.confirmed_hash then oc.confirmed_text
        else encode(r.ask_hash, 'hex')
    end,
    p.exchange_id
from offer as o
inner join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s and r.hash is not null
inner join product as p on p.product_id = o.product_id
left join offer_channel as oc on oc.offer_id = o.offer_id and oc.channel = %(channel)s and oc.warehouse = ''
left join offer_gallery as g on o.offer_id = g.offer_id
where
    o.account = %(account)s and o.wanted and (o.adopted_at is null or %(adopted)s)
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
    -- a new card starts under the article that its good has now; one that may exist already is asked for again
    and (
        o.state <> 'new'
        or exists (select 1 from sellable as s where s.product_id = o.product_id and s.article = o.article)
        or exists (
            select 1 from offer_channel as oc
            where oc.offer_id = o.offer_id and oc.channel = %(channel)s and oc.in_doubt
        )
    )
    and (o.state <> 'new' or g.offer_id is null or (g.usable > 0 and g.waiting = 0))
    and (o.state <> 'new' or exists (select 1 from opening_price as price where price.offer_id = o.offer_id))
