-- A confirmed item has no refusal any more. Reads settled.
delete from refusal as r
using settled as s
where
    s.result = 'confirmed'
    and r.offer_id = s.offer_id and r.channel = s.channel and r.warehouse = s.warehouse
