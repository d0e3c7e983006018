-- A price that comes back from an action is held against the ordinary price before it, not against the action's.
-- Reads and changes pending (of prices).
update pending as p
set reference = r.ordinary
from promotion_return as r, offer_channel as oc
where
    r.offer_id = p.offer_id
    and oc.offer_id = p.offer_id and oc.channel = 'price' and oc.warehouse = ''
    and oc.confirmed_amount = r.action_amount
