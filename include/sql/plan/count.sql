-- What is open in a channel now, and how many calls have had no answer: an upload resolves those of a dead process.
-- Parameters: account, channel.
select
    count(*) filter (where c.state = 'planned') as planned,
    count(*) filter (where c.state = 'held') as held,
    count(*) filter (where c.state = 'sent') as sent,
    (
        select count(*)
        from submission as s
        where s.account = %(account)s and s.channel = %(channel)s and s.state = 'sending'
    ) as unanswered
from change as c
inner join offer as o using (offer_id)
where o.account = %(account)s and c.channel = %(channel)s and c.state in ('planned', 'held', 'sent')
