-- Prices that a person must see first; one that was turned down stays held.
-- Parameters: now, ceiling, largest_change, without_reference.
update pending as p
set guard = coalesce(price_hold(
    p.amount, p.store_floor, %(ceiling)s::numeric, p.reference,
    (
        -- what a price was changed from was in force until then
        select max(greatest(c.to_amount, c.from_amount))
        from change as c
        where
            c.offer_id = p.offer_id and c.channel = 'price' and c.warehouse = '' and c.state = 'confirmed'
            and c.sent_at > %(now)s::timestamptz - interval '7 days'
    ),
    %(largest_change)s::numeric, %(without_reference)s
), p.guard)
where p.release_id is null
