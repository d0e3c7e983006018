-- A year of orders of one account, ended, and what waits now: the time to assemble those lies around the present moment.
insert into posting (
    account, number, status, status_there, created_at, received_at, read_at, changed_at, ship_by, assembled_at,
    erp_state, cancellation
)
select
    'ozon', 'h-' || n, case when mod(n, 50) = 0 then 'cancelled' else 'delivered' end, 'delivered',
    at, at, at, at + interval '5 days', at + interval '1 day', at + interval '40 minutes', 'taken',
    case when mod(n, 50) = 0 then '{"by": "seller"}'::jsonb end
from (
    select
        n,
        now() - interval '365 days' * n / %(history)s as at
    from generate_series(1, %(history)s) as n
) as made;

insert into posting (
    account, number, status, status_there, created_at, received_at, read_at, changed_at, ship_by, erp_state
)
select
    'ozon', 'o-' || n, 'to_assemble', 'awaiting_packaging', at, at, at, at, at + interval '1 day', 'taken'
from (
    select
        n,
        now() - interval '25 hours' * n / %(open)s as at
    from generate_series(1, %(open)s) as n
) as made;

insert into posting_event (account, source, event_key, kind, number, told, received_at, state)
select 'ozon', 'push', 'e-' || n, 'new', 'h-' || n, '{}', now() - interval '90 days' * n / %(history)s, 'done'
from generate_series(1, %(history)s) as n;

insert into order_task (posting_id, kind, asked_by, asked_at, state)
select posting_id, 'ship', 'erp', received_at, 'done' from posting
