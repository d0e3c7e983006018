-- The marketplace took all pictures that a call carried. Parameters: channel, failed (offers with a picture that it did
--   not take), now. Reads settled.
insert into gallery as g (offer_id, links, hash, confirmed_at)
select s.offer_id, s.links, s.hash, %(now)s
from gallery_sent as s
inner join settled as a using (offer_id)
where
    s.channel = %(channel)s and a.result = 'confirmed' and s.offer_id <> all(%(failed)s::bigint[])
    and (a.to_hash = s.hash or a.channel <> %(pictures)s)
on conflict (offer_id) do update
set links = excluded.links, hash = excluded.hash, confirmed_at = excluded.confirmed_at
