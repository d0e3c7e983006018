-- Promotion prices that a person must see first; one that was turned down stays held. Who leaves an action that moved
-- the ordinary price gets that back: it passes the guards of prices.
-- Parameters: account, channel, now, ceiling, largest_change, without_reference. Reads ordinary_price; changes pending.
with judged as (
    select
        p.offer_id,
        p.warehouse,
        case
            when p.amount is null and not a.moves_price then null
            when p.amount is null then coalesce(op.guard, case when p.old is null then 'price_blank' end)
            else price_hold(
                p.amount, p.store_floor, %(ceiling)s::numeric, coalesce(p.from_amount, op.counts),
                (
                    select max(c.to_amount)
                    from change as c
                    where
                        c.offer_id = p.offer_id and c.channel = %(channel)s and c.warehouse = p.warehouse
                        and c.state = 'confirmed' and c.sent_at > %(now)s::timestamptz - interval '7 days'
                ),
                %(largest_change)s::numeric, %(without_reference)s
            )
        end as guard
    from pending as p
    inner join promotion as a on a.account = %(account)s and p.warehouse = a.action
    left join ordinary_price as op on p.offer_id = op.offer_id
)

update pending as p
set guard = coalesce(j.guard, p.guard)
from judged as j
where j.offer_id = p.offer_id and j.warehouse = p.warehouse and p.release_id is null
