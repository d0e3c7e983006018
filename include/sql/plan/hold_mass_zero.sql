-- Hold the falls to zero where too many offers on sale would vanish at once; those that a person or the age of the
-- store's data has taken off sale neither count nor wait.
-- Parameters: account, channel, share, at_least. Rows that the guard lets pass stay as they are.
with before as (
    select oc.offer_id
    from offer_channel as oc
    inner join offer as o using (offer_id)
    where o.account = %(account)s and oc.channel = %(channel)s
    group by oc.offer_id
    having sum(oc.confirmed_amount) > 0
),

vanishing as (
    select b.offer_id
    from before as b
    inner join desired as d using (offer_id)
    group by b.offer_id
    having
        sum(d.amount) = 0
        and count(d.origin) = 0
        and not exists (select 1 from pending as p where p.offer_id = b.offer_id and p.release_id is not null)
),

verdict as (
    select
        count(*) >= %(at_least)s
        and count(*) > %(share)s::numeric * (select count(*) from before) as too_many
    from vanishing
)

update pending as p
set guard = 'mass_zero'
from verdict as v
where
    v.too_many and p.guard is null and p.origin is null and p.amount = 0
    and p.offer_id in (select offer_id from vanishing)
