-- What the new cards of this batch carry: of one that is there, only what differs is sent, and that without a word on
-- pictures. Parameters: offers, channel. Reads offer_gallery.
insert into gallery_sent (offer_id, channel, links, hash)
select g.offer_id, %(channel)s, g.links, g.hash
from offer_gallery as g
inner join offer as o using (offer_id)
where
    o.state = 'new' and g.offer_id = any(%(offers)s::bigint[]) and g.usable > 0
