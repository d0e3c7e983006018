-- Prices that a person must see first. Parameters: now, ceiling, largest_change, without_reference.
update pending as p
set guard = price_hold(
    p.amount, p.store_floor, %(ceiling)s::numeric, p.reference,
    (
        select max(c.to_amount)
        from change as c
        where
            c.offer_id = p.offer_id and c.channel = 'price' and c.warehouse = '' and c.state = 'confirmed'
            and c.sent_at > %(now)s::timestamptz - interval '7 days'
    ),
    %(largest_change)s::numeric, %(without_reference)s
)
