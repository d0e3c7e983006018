-- What the cards of this batch carry that was never confirmed. Parameters: offers, channel. Reads offer_gallery.
insert into gallery_sent (offer_id, channel, links, hash)
select g.offer_id, %(channel)s, g.links, g.hash
from offer_gallery as g
where
    g.offer_id = any(%(offers)s::bigint[]) and g.usable > 0
    and not exists (select 1 from gallery as c where c.offer_id = g.offer_id)
