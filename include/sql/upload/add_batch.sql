-- Parameters: session_id, kind, now.
insert into exchange_batch (session_id, number, kind, state, changed_at)
select
    %(session_id)s,
    coalesce(max(number), 0) + 1,
    %(kind)s,
    'open',
    %(now)s
from exchange_batch
where session_id = %(session_id)s
returning number, asked
