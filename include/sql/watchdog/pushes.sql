-- The last push of a new order for each of some accounts, and how many orders were heard of later, by reading.
-- Parameters: accounts.
select
    a.account, last.received_at as heard_at,
    (
        select count(*)
        from posting as p
        where p.account = a.account and p.received_at > last.received_at + interval '15 minutes'
    ) as unpushed
from unnest(%(accounts)s::text[]) as a (account)
cross join lateral (
    select e.received_at
    from posting_event as e
    where e.account = a.account and e.source = 'push' and e.kind = 'new'
    order by e.received_at desc
    limit 1
) as last
