-- Cards that are called otherwise than their goods in the store, and why.
-- Parameters: account, channel, reconciliation_id, began_at, visible_after (seconds). Reads seen.
insert into difference (
    reconciliation_id, offer_id, channel, external_id, article, field, cause, desired, confirmed, observed, detail
)
select
    %(reconciliation_id)s,
    o.offer_id,
    %(channel)s,
    v.external_id,
    o.article,
    'article',
    case
        when c.state = 'held' then 'held'
        when
            c.state in ('planned', 'sent') or oc.in_doubt
            or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            then 'in_flight'
        when v.text is distinct from o.article then 'changed_there'
        when r.offer_id is not null then 'rejected'
        else 'stale_here'
    end,
    coalesce(s.article, o.article),
    o.article,
    v.text,
    coalesce(c.guard, r.code)
from seen as v
inner join offer as o using (offer_id)
inner join sellable as s using (product_id)
left join offer_channel as oc on o.offer_id = oc.offer_id and oc.channel = %(channel)s
left join change as c
    on o.offer_id = c.offer_id and c.channel = %(channel)s and c.state in ('planned', 'held', 'sent')
left join refusal as r on o.offer_id = r.offer_id and r.channel = %(channel)s
where not s.deleted and v.text is distinct from coalesce(s.article, o.article)
