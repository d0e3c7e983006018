-- Which place, and which direction, the most urgent change of a channel has that may be sent now: a call carries one.
-- Parameters: account, channel, now, states, tied (see submission/claim).
select c.warehouse as place, c.to_amount is null as withdrawal
from change as c
inner join offer as o using (offer_id)
where
    o.account = %(account)s and o.state = any(%(states)s::text[])
    and c.channel = %(channel)s and c.state = 'planned'
    and (c.not_before is null or c.not_before <= %(now)s)
    and not exists (select 1 from offer_freeze as f where f.offer_id = c.offer_id)
    and (not %(tied)s or change_waits_for(c.offer_id, c.channel, c.warehouse, c.to_amount) is null)
order by c.lane, c.change_id
limit 1
