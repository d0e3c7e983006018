-- A card carries the price of the moment when it was built, and the marketplace works on it later: a price that was
-- confirmed in between may have been put back, and is due again. Reads settled (of documents).
update offer_channel as oc
set due_version = oc.due_version + 1
from settled as s
where
    s.result = 'confirmed' and oc.offer_id = s.offer_id
    and oc.channel = 'price' and oc.confirmed_at >= s.sent_at and oc.due_version = oc.settled_version
