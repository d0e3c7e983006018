-- Which offers have a price that a card may start with, and that price.
-- Parameters: account, offers (null: all). Reads pending (prices of offers without a card); makes opening_price.
create temporary table opening_price on commit drop as
select
    oc.offer_id,
    oc.confirmed_amount as amount,
    oc.confirmed_old as old,
    oc.confirmed_floor as floor
from offer_channel as oc
inner join offer as o using (offer_id)
where
    o.account = %(account)s and oc.channel = 'price' and oc.confirmed_amount > 0
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
union all
select p.offer_id, p.amount, p.old, p.floor
from pending as p
where p.guard is null and p.from_amount is null
