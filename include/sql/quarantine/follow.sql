-- What has become of the prices that were in quarantine: in force now, replaced by another price that was sent since,
-- or still not in force (`dropped`: somebody has ended the quarantine in the cabinet without taking our price).
-- Parameters: account, channel, began_at, visible_after (seconds). Reads seen.
with known as (
    select
        q.price_quarantine_id,
        s.amount as shown,
        case when s.state = 'quarantined' then 'waiting' else 'dropped' end as state,
        case
            when oc.confirmed_amount is distinct from q.amount then 'replaced'
            when s.state is distinct from 'quarantined' and s.amount = q.amount then 'released'
        end as outcome
    from price_quarantine as q
    inner join offer as o on q.offer_id = o.offer_id
    inner join seen as s on q.offer_id = s.offer_id
    inner join offer_channel as oc on q.offer_id = oc.offer_id and q.channel = oc.channel and oc.warehouse = ''
    where
        o.account = %(account)s and q.channel = %(channel)s and q.ended_at is null
        and not oc.in_doubt
        and oc.sent_at + make_interval(secs => %(visible_after)s) <= %(began_at)s::timestamptz
)

update price_quarantine as q
set
    in_force = k.shown,
    state = k.state,
    seen_at = %(began_at)s::timestamptz,
    outcome = k.outcome,
    ended_at = case when k.outcome is not null then %(began_at)s::timestamptz end
from known as k
where k.price_quarantine_id = q.price_quarantine_id
