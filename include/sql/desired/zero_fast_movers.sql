-- While nothing has been heard of the store for long, what sold fast until then is shown as none.
-- Parameters: account, channel, offers (null: all), since (when the falls begin that count), pieces.
-- A good is a fast mover that fell by so many pieces since then, in all warehouses together. Reads desired.
update desired as d
set amount = 0, origin = 'age'
where
    d.amount > 0
    and d.offer_id in (
        select c.offer_id
        from change as c
        inner join offer as o using (offer_id)
        where
            o.account = %(account)s and c.channel = %(channel)s and c.state = 'confirmed'
            -- what orders took off was sold, what a person or old counts did was not
            and coalesce(c.origin, 'order') = 'order'
            and c.sent_at >= %(since)s
            and c.to_amount < c.from_amount
            and (%(offers)s::bigint[] is null or c.offer_id = any(%(offers)s::bigint[]))
        group by c.offer_id
        having sum(c.from_amount - c.to_amount) >= %(pieces)s
    )
