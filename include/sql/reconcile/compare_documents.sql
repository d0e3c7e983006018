-- Cards: missing, different or refused, and why. Where one lies is told by the archive's channel.
-- Parameters: account, channel, reconciliation_id, began_at, visible_after (seconds). Reads desired and seen.
insert into difference (
    reconciliation_id, offer_id, channel, external_id, article, field, cause, desired, confirmed, observed, detail
)
select
    %(reconciliation_id)s,
    o.offer_id,
    %(channel)s,
    coalesce(s.external_id, o.external_id),
    o.article,
    case when s.offer_id is null then 'card' when s.state = 'failed' then 'state' else 'content' end,
    case
        when
            c.state in ('planned', 'sent') or oc.in_doubt
            or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            then 'in_flight'
        when r.offer_id is not null then 'rejected'
        when s.offer_id is null and o.state = 'new' and held.change_id is not null then 'held'
        when s.offer_id is null and o.state = 'new' and priceless.offer_id is not null then 'rejected'
        when s.offer_id is null and o.state = 'new' then 'stale_here'
        when s.offer_id is null then 'missing_there'
        when s.state = 'failed' then 'rejected'
        when d.hash is distinct from oc.confirmed_hash then 'stale_here'
        else 'changed_there'
    end,
    encode(d.hash, 'hex'),
    encode(oc.confirmed_hash, 'hex'),
    coalesce(s.state || ' ', '') || coalesce(encode(s.hash, 'hex'), ''),
    coalesce(r.code, held.guard, priceless.code)
from offer as o
left join desired as d using (offer_id)
left join seen as s using (offer_id)
left join offer_channel as oc on o.offer_id = oc.offer_id and oc.channel = %(channel)s
left join change as c
    on o.offer_id = c.offer_id and c.channel = %(channel)s and c.state in ('planned', 'held', 'sent')
left join refusal as r on o.offer_id = r.offer_id and r.channel = %(channel)s
left join change as held
    on o.offer_id = held.offer_id and held.channel = 'price' and held.state = 'held'
left join refusal as priceless
    on o.offer_id = priceless.offer_id and priceless.channel = 'price' and priceless.origin = 'store'
where
    o.account = %(account)s and o.wanted
    and (
        s.offer_id is null
        or s.state = 'failed'
        or r.offer_id is not null
        or (d.hash is not null and s.hash is distinct from d.hash and s.state <> 'archived')
    )
