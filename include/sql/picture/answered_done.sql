-- What was sent has its answer. Parameters: channel. Reads settled.
delete from gallery_sent as s
using settled as a
where s.offer_id = a.offer_id and s.channel = %(channel)s and a.result <> 'unanswered'
