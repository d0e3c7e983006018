-- What the calls of this batch carry. Parameters: offers, channel. Reads offer_gallery.
insert into gallery_sent (offer_id, channel, links, hash)
select offer_id, %(channel)s, links, hash
from offer_gallery
where offer_id = any(%(offers)s::bigint[]) and usable > 0
