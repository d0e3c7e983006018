-- Prices that the marketplace took and keeps back. What is being sent, in doubt or due again is not looked at: the next
-- reading tells. Parameters: account, channel, began_at, visible_after (seconds). Reads seen. Can run again.
insert into price_quarantine (offer_id, channel, amount, in_force, state, found_at, seen_at)
select
    s.offer_id,
    %(channel)s,
    oc.confirmed_amount,
    s.amount,
    'waiting',
    %(began_at)s::timestamptz,
    %(began_at)s::timestamptz
from seen as s
inner join offer as o on s.offer_id = o.offer_id
inner join offer_channel as oc on s.offer_id = oc.offer_id and oc.channel = %(channel)s and oc.warehouse = ''
where
    o.account = %(account)s and s.state = 'quarantined'
    and oc.confirmed_amount <> s.amount
    and not oc.in_doubt and oc.due_version <= oc.settled_version
    and oc.sent_at + make_interval(secs => %(visible_after)s) <= %(began_at)s::timestamptz
    and not exists (
        select 1
        from change as c
        where c.offer_id = s.offer_id and c.channel = %(channel)s and c.state in ('planned', 'sent')
    )
on conflict (offer_id, channel) where ended_at is null do nothing
