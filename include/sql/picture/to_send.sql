-- What a call would carry for these offers. Parameters: offers. Reads offer_gallery.
select offer_id, links, hash
from offer_gallery
where offer_id = any(%(offers)s::bigint[]) and usable > 0
