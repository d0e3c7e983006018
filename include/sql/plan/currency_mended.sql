-- Forget refusals for a wrong currency where the price has become right. Parameters: account, channel.
delete from refusal as r
using offer as o, desired as d
where
    o.offer_id = r.offer_id and o.account = %(account)s
    and r.channel = %(channel)s and r.origin = 'store' and r.code = 'currency'
    and d.offer_id = r.offer_id
