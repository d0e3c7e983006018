-- Reservations whose orders the delivered counts know of; inside the transaction of the merge.
-- Parameters: counted_at (what was booked before that is counted), on_hand (they count what is on hand: an order is
-- known once it is shipped), full (what the delivery does not list is none, and counted too), now. Reads new_stock.
-- The orders' rows are locked first: whoever brings an order's reservation up to date must see that it has ended.
with counted as (
    select r.reservation_id, r.posting_id
    from reservation as r
    where
        r.ended_at is null
        and case when %(on_hand)s then r.shipped_after else r.booked_after end < %(counted_at)s
        and (
            %(full)s
            or exists (
                select 1
                from new_stock as n
                inner join store_warehouse as w using (warehouse_id)
                where
                    n.product_id = r.product_id
                    and (n.whole or n.total or cardinality(r.stores) = 0 or w.guid = any(r.stores))
            )
        )
),

locked as (
    select p.posting_id
    from posting as p
    where p.posting_id in (select c.posting_id from counted as c)
    order by p.number
    for update
)

update reservation as r
set ended_at = %(now)s, ended_by = 'booked'
from counted as c
where
    r.reservation_id = c.reservation_id and r.ended_at is null
    and c.posting_id in (select l.posting_id from locked as l)
returning r.product_id
