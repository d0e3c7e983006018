-- What the guards hold, by guard. Parameters: account.
select c.guard, count(*) as n
from change as c
inner join offer as o using (offer_id)
where o.account = %(account)s and c.state = 'held'
group by c.guard
order by c.guard
