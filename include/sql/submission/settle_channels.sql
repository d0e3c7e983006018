-- What is confirmed moves only on the item's own answer. Parameters: now. Reads settled.
update offer_channel as oc
set
    confirmed_amount = case when s.result = 'confirmed' then s.to_amount else oc.confirmed_amount end,
    confirmed_old = case when s.result = 'confirmed' then s.to_old else oc.confirmed_old end,
    confirmed_floor = case
        when s.result = 'confirmed' then coalesce(s.to_floor, oc.confirmed_floor) else oc.confirmed_floor
    end,
    confirmed_hash = case when s.result = 'confirmed' then s.to_hash else oc.confirmed_hash end,
    confirmed_text = case when s.result = 'confirmed' then s.to_text else oc.confirmed_text end,
    confirmed_at = case when s.result = 'confirmed' then %(now)s::timestamptz else oc.confirmed_at end,
    sent_at = s.sent_at,
    settled_version = case
        when s.result in ('confirmed', 'rejected') then greatest(oc.settled_version, s.version)
        else oc.settled_version
    end,
    in_doubt = case s.result
        when 'confirmed' then false
        when 'rejected' then s.was_in_doubt
        when 'retry' then s.was_in_doubt
        else true
    end
from settled as s
where oc.offer_id = s.offer_id and oc.channel = s.channel and oc.warehouse = s.warehouse
