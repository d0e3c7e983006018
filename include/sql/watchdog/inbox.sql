-- What lies in the inbox of each account: set aside for a person though no alert tells of it any more, or waiting for
-- too long. Parameters: before.
select
    e.account,
    count(*) filter (where e.state = 'set_aside') as set_aside,
    min(e.number) filter (where e.state = 'set_aside') as example,
    count(*) filter (where e.state = 'waiting') as waiting,
    min(e.received_at) filter (where e.state = 'waiting') as waiting_since
from posting_event as e
where
    (e.state = 'waiting' and e.received_at < %(before)s)
    or (
        e.state = 'set_aside'
        and not exists (
            select 1
            from alert as a
            where a.ended_at is null and starts_with(a.key, 'orders/' || e.account || '/set_aside/')
        )
    )
group by e.account
