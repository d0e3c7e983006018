-- Where the marketplace and we differ. What was over before we began to take orders is nobody's loss; what is not in
-- the marketplace's list counts only where it was made well inside of the window.
-- Parameters: reconciliation_id, since, until, begun.
insert into order_difference (reconciliation_id, posting_id, number, side, cause, here, there, detail)
with here as (
    select * from order_observation where reconciliation_id = %(reconciliation_id)s and side = 'here'
),

shown as (
    select * from order_observation where reconciliation_id = %(reconciliation_id)s and side = 'marketplace'
)

select
    %(reconciliation_id)s, h.posting_id, coalesce(h.number, s.number), 'marketplace',
    case when fresh.so then 'in_flight' else v.cause end, v.here, v.there, case when fresh.so then v.cause end
from here as h
full join shown as s on h.number = s.number
cross join lateral (
    select coalesce(h.recent, false) or coalesce(s.recent, false) as so
) as fresh
cross join lateral (
    values
    (
        'missing_here', null, s.status_there,
        h.number is null
        and not (s.status in ('shipping', 'delivered', 'cancelled') and s.created_at < %(begun)s)
    ),
    ('missing_there', h.status_there, null, s.number is null and h.created_at between %(since)s and %(until)s),
    ('status_differs', h.status_there, s.status_there, h.status_there <> s.status_there),
    ('lines_differ', h.lines::text, s.lines::text, h.lines <> s.lines),
    ('sum_differs', h.amount::text, s.amount::text, h.lines = s.lines and h.amount <> s.amount)
) as v (cause, here, there, holds)
where v.holds
