-- Where the shop and we differ. An order that waits for its turn, or was just sent, is in flight; one that the shop
-- refused is missing at once; what only a push told is not meant for the shop yet. Parameters: reconciliation_id, since, until, lately, ours, theirs (statuses, by pairs).
insert into order_difference (reconciliation_id, posting_id, number, side, cause, here, there, detail)
with here as (
    select o.*, s.state, s.error, s.changed_at, w.theirs as wanted
    from order_observation as o
    left join site_order as s on o.posting_id = s.posting_id
    left join unnest(%(ours)s::text[], %(theirs)s::text[]) as w (ours, theirs) on o.status = w.ours
    where o.reconciliation_id = %(reconciliation_id)s and o.side = 'here'
),

shown as (
    select * from order_observation where reconciliation_id = %(reconciliation_id)s and side = 'shop'
)

select
    %(reconciliation_id)s, h.posting_id, coalesce(h.number, s.number), 'shop',
    case when fresh.so then 'in_flight' else v.cause end, v.here, v.there,
    case when fresh.so then v.cause else h.error end
from here as h
full join shown as s on h.number = s.number
cross join lateral (
    select (coalesce(h.recent, false) or coalesce(h.changed_at > %(lately)s, false))
        and h.state is distinct from 'refused' as so
) as fresh
cross join lateral (
    values
    (
        'missing_in_shop', coalesce(h.state, 'waiting'), null,
        s.number is null
        and h.created_at between %(since)s and %(until)s
        and exists (select from posting as p where p.posting_id = h.posting_id and p.read_at is not null)
    ),
    ('unknown_in_shop', null, s.external_id, h.number is null),
    ('copies_in_shop', '1', s.copies::text, s.copies > 1),
    (
        'status_differs', coalesce(h.wanted, h.status), s.status || case when s.cancelled then ', canceled' else '' end,
        h.wanted <> s.status or h.cancelled <> s.cancelled
    ),
    ('lines_differ', h.lines::text, s.lines::text, h.lines <> s.lines),
    (
        'sum_differs', h.amount::text, s.amount::text,
        h.lines = s.lines and coalesce(h.amount, s.amount) <> s.amount
    )
) as v (cause, here, there, holds)
where v.holds
