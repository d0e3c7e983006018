-- What can be rendered now is no longer refused by the mapping. Parameters: channel. Reads drawing.
delete from refusal as r
using drawing as d
where r.offer_id = d.offer_id and r.channel = %(channel)s and r.origin = 'mapping' and d.hash is not null
