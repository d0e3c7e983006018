-- Promotions: who is in at another price, is missing, is in though nobody wants it, and why.
-- Parameters: account, channel, reconciliation_id, began_at, visible_after (seconds), places. Reads desired and seen.
with faces as (
    select
        coalesce(d.offer_id, s.offer_id) as offer_id,
        coalesce(d.warehouse, s.warehouse) as warehouse,
        s.external_id,
        s.article,
        d.offer_id is not null as known,
        d.amount as desired,
        s.amount as observed,
        s.text as added
    from (select * from desired where warehouse = any(%(places)s::text[])) as d
    full join seen as s on d.offer_id = s.offer_id and d.warehouse = s.warehouse
    where d.amount is distinct from s.amount
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
    coalesce(f.external_id, o.external_id),
    coalesce(o.article, f.article),
    'amount',
    case
        when c.state = 'held' then 'held'
        when
            c.state in ('planned', 'sent') or oc.in_doubt
            or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            then 'in_flight'
        when r.offer_id is not null then 'rejected'
        when not f.known then 'missing_here'
        when f.desired is distinct from oc.confirmed_amount then 'stale_here'
        else 'changed_there'
    end,
    f.desired::text,
    oc.confirmed_amount::text,
    f.observed::text,
    coalesce(c.guard, r.code, case when not f.known then f.added end)
from faces as f
left join offer as o using (offer_id)
left join offer_channel as oc
    on f.offer_id = oc.offer_id and oc.channel = %(channel)s and f.warehouse = oc.warehouse
left join change as c
    on
        f.offer_id = c.offer_id and c.channel = %(channel)s and f.warehouse = c.warehouse
        and c.state in ('planned', 'held', 'sent')
left join refusal as r
    on f.offer_id = r.offer_id and r.channel = %(channel)s and f.warehouse = r.warehouse
