-- When each flow of some accounts was last heard of, and since when orders are heard of by reading alone.
-- Parameters: accounts.
select
    f.account, f.flow, f.heard_at,
    case
        when f.flow = 'push' then (
            select count(*)
            from posting as p
            where p.account = f.account and p.received_at > f.heard_at + interval '15 minutes'
        )
    end as unpushed
from order_flow as f
where f.account = any(%(accounts)s)
