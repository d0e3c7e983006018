-- The prices that the store and the table of price rules want, by the marketplace's rules for struck prices and floors.
-- Parameters: rules (JSON, see sync/ruled_prices.py), gap_below, gap_at_least, gap_share (parallel arrays,
--   ascending, the last below is null), largest_discount, floor_share.
-- Reads rule_offer, rule_term and rule_chain. Fills desired as desired/price.sql does; with the rule, and its ceiling,
--   beside each.
with rule as (
    select r.*
    from
        jsonb_to_recordset(%(rules)s::jsonb) as r (
            rule int, line int, percent numeric, extra numeric, rounding text, floor_amount numeric,
            floor_share numeric, ceiling_amount numeric, ceiling_share numeric, old_over numeric
        )
),

gap as (
    select *
    from
        unnest(%(gap_below)s::numeric[], %(gap_at_least)s::numeric[], %(gap_share)s::numeric[])
        with ordinality as g (below, at_least, share, place)
),

-- in the order of the table's key, so that the first of several types is found without sorting the table
asked as (
    select distinct on (a.product_id) a.product_id, a.rule, p.amount, p.currency, p.exchange_id
    from rule_offer as a
    inner join price as p using (product_id)
    inner join rule_term as t on a.rule = t.rule and t.role = 'base' and p.price_type_id = t.price_type_id
    order by a.product_id, t.place
),

lowest as (
    select distinct on (a.product_id) a.product_id, p.amount, p.currency
    from rule_offer as a
    inner join price as p using (product_id)
    inner join rule_term as t on a.rule = t.rule and t.role = 'floor' and p.price_type_id = t.price_type_id
    where p.amount > 0
    order by a.product_id, t.place
),

highest as (
    select distinct on (a.product_id) a.product_id, p.amount, p.currency
    from rule_offer as a
    inner join price as p using (product_id)
    inner join rule_term as t on a.rule = t.rule and t.role = 'ceiling' and p.price_type_id = t.price_type_id
    where p.amount > 0
    order by a.product_id, t.place
),

struck as (
    select distinct on (a.product_id) a.product_id, p.amount, p.currency
    from rule_offer as a
    inner join price as p using (product_id)
    inner join rule_term as t on a.rule = t.rule and t.role = 'old' and p.price_type_id = t.price_type_id
    order by a.product_id, t.place
),

-- each of the next three is reckoned once for a row: without `offset 0` its expressions would go into those below it
made as (
    select
        a.offer_id,
        r.line,
        r.rounding,
        r.old_over,
        q.currency,
        q.exchange_id,
        case
            when coalesce(c.amount, q.amount) <= 0 then coalesce(c.amount, q.amount)
            else round(coalesce(c.amount, q.amount) * (1 + r.percent / 100) + r.extra, 2)
        end as amount,
        coalesce(r.floor_amount, round(l.amount * r.floor_share, 2)) as floor,
        coalesce(r.ceiling_amount, round(h.amount * r.ceiling_share, 2)) as ceiling,
        s.amount as old
    from rule_offer as a
    inner join rule as r using (rule)
    left join asked as q using (product_id)
    left join rule_chain as c on a.product_id = c.product_id
    left join lowest as l on a.product_id = l.product_id and q.currency = l.currency
    left join highest as h on a.product_id = h.product_id and q.currency = h.currency
    left join struck as s on a.product_id = s.product_id and q.currency = s.currency
    offset 0 -- noqa: AM09
),

rounded as (
    select
        offer_id,
        line,
        currency,
        exchange_id,
        floor,
        ceiling,
        price_rounded_within(amount, rounding, floor, ceiling) as amount,
        rounding,
        old_over,
        old
    from made
    offset 0 -- noqa: AM09
),

priced as (
    select
        *,
        case
            when old_over is not null then price_rounded(round(amount * (1 + old_over), 2), rounding) else old
        end as struck
    from rounded
    offset 0 -- noqa: AM09
)

insert into desired (
    offer_id, warehouse, amount, old, floor, store_floor, ceiling, currency, exchange_id, price_rule
)
select
    p.offer_id,
    '',
    p.amount,
    case
        when p.struck > p.amount and p.amount > 0
        and p.struck - p.amount >= coalesce((
            select greatest(g.at_least, p.amount * g.share)
            from gap as g
            where g.below is null or p.amount < g.below
            order by g.place
            limit 1
        ), 0)
        and (%(largest_discount)s::numeric is null or p.struck - p.amount < p.struck * %(largest_discount)s::numeric)
        then p.struck
        else 0
    end,
    case
        when p.floor is null or p.amount is null or p.floor >= p.amount then null
        else greatest(p.floor, ceil(p.amount * %(floor_share)s::numeric * 100) / 100)
    end,
    p.floor,
    p.ceiling,
    p.currency,
    p.exchange_id,
    p.line
from priced as p
