-- What the guards would hold, by guard. Reads pending.
select
    guard,
    count(*) as n,
    coalesce(sum(amount - from_amount), 0) as delta
from pending
where guard is not null
group by guard
order by guard
