-- Only fields on ask differ: a person decides. Reads pending.
update pending as p
set guard = 'ask_owner'
from offer as o
where
    o.offer_id = p.offer_id and o.state <> 'new'
    and p.why = 'changed' and p.text is distinct from p.from_text
