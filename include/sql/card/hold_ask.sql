-- Where the store's fields have to be sent, those on ask stay as they are; where nothing else differs, a person
-- decides. Parameters: channel. Reads pending.
update pending as p
set
    text = case when oc.in_doubt or oc.due_version > oc.settled_version then p.from_text else p.text end,
    guard = case when not (oc.in_doubt or oc.due_version > oc.settled_version) then 'ask_owner' end
from offer as o, offer_channel as oc
where
    o.offer_id = p.offer_id and o.state <> 'new'
    and oc.offer_id = p.offer_id and oc.channel = %(channel)s and oc.warehouse = ''
    and p.text is distinct from p.from_text
