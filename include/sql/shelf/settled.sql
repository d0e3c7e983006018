-- Confirmed: the card lies in the archive, or is back and has yet to say whether it takes stock. Reads settled.
update offer as o
set state = case when s.to_text = 'archived' then 'archived' else 'listed' end
from settled as s
where
    o.offer_id = s.offer_id and s.result = 'confirmed'
    and (s.to_text = 'archived') <> (o.state = 'archived')
