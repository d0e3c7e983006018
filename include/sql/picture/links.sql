-- The links that a card carries: those that were confirmed, else those that can be used now. Parameters: offers.
-- Reads offer_gallery.
select
    o.offer_id,
    coalesce(c.links, g.links) as links
from offer as o
left join gallery as c using (offer_id)
left join offer_gallery as g using (offer_id)
where o.offer_id = any(%(offers)s::bigint[]) and coalesce(c.links, g.links) is not null
