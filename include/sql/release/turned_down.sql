-- What is held and was turned down, by channel, with the first end of a verdict.
-- Parameters: account, channel (null: all), now.
select c.channel, count(*)::int as n, min(r.expires_at) as until
from change as c
inner join release as r
    on
        r.offer_id = c.offer_id and r.channel = c.channel and r.warehouse = c.warehouse
        and r.verdict = 'discarded' and r.expires_at > %(now)s
        and (r.to_amount, r.to_old, r.to_floor, r.to_hash, r.to_text)
        is not distinct from (c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text)
where
    r.account = %(account)s and c.state = 'held'
    and (%(channel)s::text is null or c.channel = %(channel)s)
group by c.channel
order by c.channel
