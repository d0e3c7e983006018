-- The links that a card carries: a new one those that can be used now, one that is there those that were confirmed;
-- where none were, its pictures stay as they are shown. Parameters: offers. Reads offer_gallery.
select
    o.offer_id,
    coalesce(case when o.state = 'new' then g.links else c.links end, '{}') as links
from offer as o
left join gallery as c using (offer_id)
left join offer_gallery as g using (offer_id)
where o.offer_id = any(%(offers)s::bigint[])
