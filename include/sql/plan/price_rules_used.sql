-- How many prices each row of the rules makes. Reads desired.
select
    price_rule,
    count(*) as n
from desired
where price_rule is not null
group by price_rule
