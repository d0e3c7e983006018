-- A card that was taken with all its pictures has confirmed them. Parameters: channel, pictures (the channel of
--   pictures), failed, now. Reads settled.
insert into offer_channel as oc (
    offer_id, channel, warehouse, confirmed_amount, confirmed_hash, confirmed_at, sent_at
)
select s.offer_id, %(pictures)s, '', cardinality(s.links), s.hash, %(now)s, a.sent_at
from gallery_sent as s
inner join settled as a using (offer_id)
where
    s.channel = %(channel)s and a.result = 'confirmed' and s.offer_id <> all(%(failed)s::bigint[])
on conflict (offer_id, channel, warehouse) do update
set
    confirmed_amount = excluded.confirmed_amount, confirmed_hash = excluded.confirmed_hash,
    confirmed_at = excluded.confirmed_at, sent_at = excluded.sent_at, in_doubt = false
