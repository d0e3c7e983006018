-- Fields that changed hands change no value: what was confirmed of those still compared stays confirmed, under the
-- hash over the new fields. What is on ask and was never compared is not known until it is read back.
-- Parameters: channel. Reads drawing and what rendered says before card/save.
update offer_channel as oc
set
    confirmed_hash = case
        when d.same_values and oc.confirmed_hash = r.hash then d.hash else oc.confirmed_hash
    end,
    confirmed_text = case
        when not d.ask_moved then oc.confirmed_text
        when
            d.ask_known and oc.confirmed_hash = r.hash
            and (r.ask_hash is null or oc.confirmed_text = encode(r.ask_hash, 'hex'))
            then encode(d.ask_hash, 'hex')
    end
from drawing as d, rendered as r
where
    d.hash is not null and (d.same_values or d.ask_moved)
    and r.offer_id = d.offer_id and r.channel = %(channel)s
    and oc.offer_id = d.offer_id and oc.channel = %(channel)s and oc.warehouse = ''
    and oc.confirmed_at is not null
