-- The prices of goods whose rule builds on other rules, as those leave them.
-- Parameters: steps (JSON: what the other rules do, in order, by rule). Reads rule_offer and rule_term, makes
--   rule_chain.
create temporary table rule_chain on commit drop as
with recursive step as (
    select s.rule, s.place, s.percent, s.extra, s.rounding
    from
        jsonb_to_recordset(%(steps)s::jsonb)
        as s (rule int, place int, percent numeric, extra numeric, rounding text)
),

chained as (
    select distinct on (a.product_id)
        a.product_id,
        a.rule,
        p.amount::numeric as amount,
        0 as place
    from rule_offer as a
    inner join price as p using (product_id)
    inner join rule_term as t on a.rule = t.rule and t.role = 'base' and p.price_type_id = t.price_type_id
    where a.rule in (select s.rule from step as s)
    order by a.product_id, t.place
),

made as (
    select * from chained
    union all
    select
        m.product_id,
        m.rule,
        case
            when m.amount <= 0 then m.amount
            else price_rounded(round(m.amount * (1 + s.percent / 100) + s.extra, 2), s.rounding)
        end,
        s.place
    from made as m
    inner join step as s on m.rule = s.rule and s.place = m.place + 1
)

select m.product_id, m.amount
from made as m
where m.place = (select max(s.place) from step as s where s.rule = m.rule)
