-- Prices and stocks: where the marketplace shows something else than is wanted, and why.
-- Parameters: account, channel, reconciliation_id, began_at, visible_after (seconds). Reads desired and seen.
with faces as (
    select
        d.offer_id,
        d.warehouse,
        s.external_id,
        s.state,
        f.field,
        f.desired,
        f.confirmed,
        f.observed,
        oc.confirmed_at,
        oc.confirmed_amount,
        oc.in_doubt,
        oc.sent_at
    from desired as d
    inner join seen as s on d.offer_id = s.offer_id and d.warehouse = s.warehouse
    left join offer_channel as oc
        on d.offer_id = oc.offer_id and oc.channel = %(channel)s and d.warehouse = oc.warehouse
    cross join lateral (
        values
        ('amount', d.amount, oc.confirmed_amount, s.amount),
        ('old', d.old, oc.confirmed_old, coalesce(s.old, 0)),
        ('floor', d.floor, oc.confirmed_floor, s.floor)
    ) as f (field, desired, confirmed, observed)
    where
        (f.field = 'amount' or f.desired is not null)
        and f.desired is distinct from f.observed
)

insert into difference (
    reconciliation_id, offer_id, channel, warehouse, external_id, article, field, cause, desired, confirmed,
    observed, detail
)
select
    %(reconciliation_id)s,
    f.offer_id,
    %(channel)s,
    f.warehouse,
    f.external_id,
    o.article,
    f.field,
    case
        when c.state = 'held' then 'held'
        when
            c.state in ('planned', 'sent') or f.in_doubt
            or f.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            then 'in_flight'
        when r.offer_id is not null then 'rejected'
        when f.state = 'quarantined' or q.offer_id is not null then 'quarantined'
        when f.desired is distinct from f.confirmed then 'stale_here'
        else 'changed_there'
    end,
    f.desired::text,
    f.confirmed::text,
    f.observed::text,
    coalesce(c.guard, r.code)
from faces as f
inner join offer as o using (offer_id)
left join change as c
    on
        f.offer_id = c.offer_id and c.channel = %(channel)s and f.warehouse = c.warehouse
        and c.state in ('planned', 'held', 'sent')
left join refusal as r
    on f.offer_id = r.offer_id and r.channel = %(channel)s and f.warehouse = r.warehouse
left join price_quarantine as q
    on f.offer_id = q.offer_id and q.channel = %(channel)s and q.ended_at is null and q.amount = f.confirmed_amount
