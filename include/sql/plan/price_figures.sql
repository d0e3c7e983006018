-- By how much a plan would change prices; what a guard holds is counted apart. Reads pending.
-- Shares are in percent of the confirmed price; the buckets hold their upper border upwards, their lower one downwards.
with moved as (
    select
        p.amount,
        p.amount - p.from_amount as delta,
        (p.amount - p.from_amount) * 100 / p.from_amount as share
    from pending as p
    where p.guard is null and p.from_amount > 0 and p.amount <> p.from_amount
)

select
    count(*) filter (where delta > 0) as up,
    count(*) filter (where delta < 0) as down,
    coalesce(sum(delta) filter (where delta > 0), 0) as sum_up,
    coalesce(sum(delta) filter (where delta < 0), 0) as sum_down,
    round((percentile_cont(0.05) within group (order by share))::numeric, 2) as p05,
    round((percentile_cont(0.25) within group (order by share))::numeric, 2) as p25,
    round((percentile_cont(0.5) within group (order by share))::numeric, 2) as median,
    round((percentile_cont(0.75) within group (order by share))::numeric, 2) as p75,
    round((percentile_cont(0.95) within group (order by share))::numeric, 2) as p95,
    array[
        count(*) filter (where share < -50),
        count(*) filter (where share >= -50 and share < -20),
        count(*) filter (where share >= -20 and share < -5),
        count(*) filter (where share >= -5 and share < 0),
        count(*) filter (where share > 0 and share <= 5),
        count(*) filter (where share > 5 and share <= 20),
        count(*) filter (where share > 20 and share <= 50),
        count(*) filter (where share > 50)
    ] as histogram,
    (select count(*) from pending as p where p.guard is null and p.from_amount is null) as first,
    (select count(*) from pending as p where p.guard is null and p.amount = p.from_amount) as same
from moved
