-- Which offers have a price that a card may start with, and that price: the confirmed one, or, where that was kept back
-- and then dropped in the cabinet, the one in force, so that a card does not raise it again.
-- Parameters: account, offers (null: all). Reads pending (prices of offers without a card); makes opening_price.
create temporary table opening_price on commit drop as
select
    oc.offer_id,
    case when q.state = 'dropped' then q.in_force else oc.confirmed_amount end as amount,
    oc.confirmed_old as old,
    oc.confirmed_floor as floor
from offer_channel as oc
inner join offer as o using (offer_id)
left join price_quarantine as q on oc.offer_id = q.offer_id and q.channel = 'price' and q.ended_at is null
where
    o.account = %(account)s and oc.channel = 'price' and oc.confirmed_amount > 0
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
union all
select p.offer_id, p.amount, p.old, p.floor
from pending as p
where p.guard is null and p.from_amount is null
