-- What a plan leaves as it is though the store wants something else: prices that a rule does not let fall or rise, and
-- prices that wait in quarantine for a person. Parameters: account. Reads desired.
select
    d.kept,
    count(*) as n,
    min(d.price_rule) as price_rule
from desired as d
where d.kept is not null
group by d.kept
union all
select
    'quarantine',
    count(*),
    null
from price_quarantine as q
inner join offer as o using (offer_id)
where o.account = %(account)s and q.channel = 'price' and q.ended_at is null
having count(*) > 0
order by kept
