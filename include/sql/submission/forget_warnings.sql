-- New answers replace old warnings. Parameters: channel. Reads settled.
delete from offer_warning as w
using settled as s
where w.offer_id = s.offer_id and w.channel = %(channel)s and s.result = 'confirmed'
