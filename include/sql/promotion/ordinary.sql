-- The ordinary price of each offer: what the store wants, the guard that holds it, and what counts beside a promotion
-- (where a guard holds the wanted one, the price in force). Reads desired and pending, of prices; makes
-- ordinary_price.
create temporary table ordinary_price on commit drop as
select
    d.offer_id,
    case when p.offer_id is not null then d.amount end as amount, -- one that the marketplace refused is none
    d.store_floor,
    p.guard,
    case
        when q.offer_id is not null then q.in_force -- the marketplace keeps the confirmed one back
        when p.offer_id is not null and p.guard is null then d.amount
        else oc.confirmed_amount
    end as counts
from desired as d
left join pending as p using (offer_id)
left join price_quarantine as q on d.offer_id = q.offer_id and q.channel = 'price' and q.ended_at is null
left join offer_channel as oc on d.offer_id = oc.offer_id and oc.channel = 'price' and oc.warehouse = ''
