-- A card is not created without a picture where the store names some and none can be used.
-- Parameters: account, channel, offers (null: all), message, now. Reads offer_gallery.
insert into refusal (offer_id, channel, warehouse, origin, code, field, message, since)
select o.offer_id, %(channel)s, '', 'store', 'no_usable_picture', 'images', %(message)s, %(now)s
from offer as o
inner join offer_gallery as g using (offer_id)
where
    o.account = %(account)s and o.state = 'new' and g.usable = 0 and g.waiting = 0
on conflict (offer_id, channel, warehouse) do nothing
