-- What is open in a channel now. Parameters: account, channel.
select
    count(*) filter (where c.state = 'planned') as planned,
    count(*) filter (where c.state = 'held') as held,
    count(*) filter (where c.state = 'sent') as sent
from change as c
inner join offer as o using (offer_id)
where o.account = %(account)s and c.channel = %(channel)s and c.state in ('planned', 'held', 'sent')
