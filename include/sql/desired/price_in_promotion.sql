-- An offer that is in an action which moves the ordinary price has the action's price; the struck price and the floor
-- stay where the marketplace takes them beside it. A blank stays a blank: the guards must see it.
-- Parameters: account, gap_below, gap_at_least, gap_share, largest_discount, floor_share (see desired/price).
-- Changes desired.
with rule as (
    select *
    from
        unnest(%(gap_below)s::numeric[], %(gap_at_least)s::numeric[], %(gap_share)s::numeric[])
        with ordinality as r (below, at_least, share, place)
),

inside as (
    select oc.offer_id, oc.confirmed_amount as amount
    from offer_channel as oc
    inner join promotion as a on a.account = %(account)s and oc.warehouse = a.action and a.moves_price
    inner join offer as o on oc.offer_id = o.offer_id and o.account = a.account
    where oc.channel = 'promotion' and oc.confirmed_amount is not null
)

update desired as d
set
    amount = i.amount,
    old = case
        when
            d.old - i.amount >= coalesce((
                select greatest(r.at_least, i.amount * r.share)
                from rule as r
                where r.below is null or i.amount < r.below
                order by r.place
                limit 1
            ), 0)
            and (
                %(largest_discount)s::numeric is null or d.old - i.amount < d.old * %(largest_discount)s::numeric
            )
            then d.old
        else 0
    end,
    floor = case
        when d.store_floor is null or d.store_floor >= i.amount then null
        else greatest(d.store_floor, ceil(i.amount * %(floor_share)s::numeric * 100) / 100)
    end
from inside as i
where i.offer_id = d.offer_id and d.amount is not null
