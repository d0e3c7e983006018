-- Hold the large price moves where too many offers would be repriced at once.
-- Parameters: account, channel, share, moved_by, at_least.
with moved as (
    select offer_id
    from pending
    where
        guard is null and release_id is null and from_amount > 0
        and abs(amount - reference) > reference * %(moved_by)s::numeric
),

verdict as (
    select
        count(*) >= %(at_least)s
        and count(*) > %(share)s::numeric * (
            select count(*)
            from offer_channel as oc
            inner join offer as o using (offer_id)
            where o.account = %(account)s and oc.channel = %(channel)s and oc.confirmed_amount > 0
        ) as too_many
    from moved
)

update pending as p
set guard = 'mass_price'
from verdict as v
where v.too_many and p.offer_id in (select offer_id from moved)
