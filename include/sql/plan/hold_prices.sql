-- Prices that a person must see first. Parameters: now, ceiling, largest_change, without_reference. Reads desired.
-- A price in quarantine was confirmed but never came into force: a new one is held against the price in force, and goes
-- by itself only where it is nearer to that than the one that was kept back.
update pending as p
set guard = coalesce(
    price_hold(
        p.amount, p.store_floor, least(%(ceiling)s::numeric, d.ceiling), coalesce(q.in_force, p.reference),
        (
            -- what a price was changed from was in force until then
            select max(high.amount)
            from change as c
            cross join lateral (values (c.to_amount), (c.from_amount)) as high (amount)
            where
                c.offer_id = p.offer_id and c.channel = 'price' and c.warehouse = '' and c.state = 'confirmed'
                and c.sent_at > %(now)s::timestamptz - interval '7 days'
                and not exists (
                    select 1
                    from price_quarantine as kept
                    where
                        kept.offer_id = c.offer_id and kept.channel = 'price' and kept.amount = high.amount
                        and kept.outcome is distinct from 'released'
                )
        ),
        %(largest_change)s::numeric, %(without_reference)s
    ),
    case when abs(p.amount - q.in_force) >= abs(q.amount - q.in_force) then 'price_quarantined' end
)
from desired as d
left join price_quarantine as q on d.offer_id = q.offer_id and q.channel = 'price' and q.ended_at is null
where d.offer_id = p.offer_id and d.warehouse = p.warehouse and p.release_id is null
