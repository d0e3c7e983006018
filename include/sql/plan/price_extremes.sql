-- The largest moves of prices, both ways, with the row of the rules that made them. Parameters: limit (each way).
-- Reads pending.
with moved as (
    select
        o.article,
        s.name,
        p.from_amount,
        p.amount,
        round((p.amount - p.from_amount) * 100 / p.from_amount, 2) as share,
        p.price_rule
    from pending as p
    inner join offer as o using (offer_id)
    inner join product as s using (product_id)
    where p.guard is null and p.from_amount > 0 and p.amount <> p.from_amount
)

(
    select article, name, from_amount, amount, share, price_rule
    from moved
    where share > 0
    order by share desc, article
    limit %(limit)s
)
union all
(
    select article, name, from_amount, amount, share, price_rule
    from moved
    where share < 0
    order by share, article
    limit %(limit)s
)
