-- Whether the marketplace may put an offer into promotions by itself: what is wanted against what it shows.
-- Parameters: account, channel, reconciliation_id, began_at, visible_after (seconds). Reads desired and seen.
insert into difference (
    reconciliation_id, offer_id, channel, warehouse, external_id, article, field, cause, desired, confirmed,
    observed, detail
)
select
    %(reconciliation_id)s,
    d.offer_id,
    %(channel)s,
    d.warehouse,
    s.external_id,
    o.article,
    'automatic_promotions',
    case
        when c.state = 'held' then 'held'
        when
            c.state in ('planned', 'sent') or oc.in_doubt
            or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            then 'in_flight'
        when r.offer_id is not null then 'rejected'
        when d.text is distinct from oc.confirmed_text then 'stale_here'
        else 'changed_there'
    end,
    d.text,
    oc.confirmed_text,
    s.text,
    coalesce(c.guard, r.code)
from desired as d
inner join seen as s on d.offer_id = s.offer_id and d.warehouse = s.warehouse
inner join offer as o on d.offer_id = o.offer_id
left join offer_channel as oc
    on d.offer_id = oc.offer_id and oc.channel = %(channel)s and d.warehouse = oc.warehouse
left join change as c
    on
        d.offer_id = c.offer_id and c.channel = %(channel)s and d.warehouse = c.warehouse
        and c.state in ('planned', 'held', 'sent')
left join refusal as r
    on d.offer_id = r.offer_id and r.channel = %(channel)s and d.warehouse = r.warehouse
where d.text is not null and s.text is not null and d.text <> s.text
