-- Hold what takes goods off sale that lost their mark or were deleted, where too many vanish so at once.
-- Parameters: account, channel, share, at_least. Rows that the guard lets pass stay as they are.
with before as (
    select
        oc.offer_id,
        o.wanted
    from offer_channel as oc
    inner join offer as o using (offer_id)
    where o.account = %(account)s and oc.channel = %(channel)s
    group by oc.offer_id, o.wanted
    having sum(oc.confirmed_amount) > 0
),

vanishing as (
    select p.offer_id
    from pending as p
    inner join before as b using (offer_id)
    where not b.wanted and p.guard is null and p.release_id is null and p.origin is null and p.amount = 0
    group by p.offer_id
),

verdict as (
    select
        count(*) >= %(at_least)s
        and count(*) > %(share)s::numeric * (select count(*) from before) as too_many
    from vanishing
)

update pending as p
set guard = 'mass_dropped'
from verdict as v
where
    v.too_many and p.guard is null and p.release_id is null and p.origin is null and p.amount = 0
    and p.offer_id in (select offer_id from vanishing)
