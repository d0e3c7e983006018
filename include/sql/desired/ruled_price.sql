-- The prices that the store and the table of price rules want, by the marketplace's rules for struck prices and floors.
-- Parameters: brands, group_guids, pair_rules (parallel arrays: which rule goods of a brand and group have), offers,
--   offer_rules (which rule single goods have; 0, or not named: prices.yaml alone), rules, terms (JSON, see
--   sync/ruled_prices.py), currency (of amounts in rules), gap_below, gap_at_least, gap_share (parallel arrays,
--   ascending, the last below is null), largest_discount, floor_share.
-- Reads rule_goods. Fills desired as desired/price.sql does; with the rule, and its ceiling, beside each price.
with pair as (
    select *
    from unnest(%(brands)s::text[], %(group_guids)s::text[], %(pair_rules)s::int[]) as p (brand, group_guid, rule)
),

single as (
    select * from unnest(%(offers)s::bigint[], %(offer_rules)s::int[]) as s (offer_id, rule)
),

rule as (
    select *
    from
        jsonb_to_recordset(%(rules)s::jsonb) as r (
            rule int, steps jsonb, floor_amount numeric, floor_share numeric, ceiling_amount numeric,
            ceiling_share numeric, old_over numeric, rounding text
        )
),

-- role: base, floor, ceiling, old; of several price types the first that a good has counts
term as (
    select *
    from jsonb_to_recordset(%(terms)s::jsonb) as t (rule int, role text, place int, price_type_id int)
),

gap as (
    select *
    from
        unnest(%(gap_below)s::numeric[], %(gap_at_least)s::numeric[], %(gap_share)s::numeric[])
        with ordinality as g (below, at_least, share, place)
),

assigned as materialized (
    select
        g.offer_id,
        g.product_id,
        coalesce(s.rule, p.rule, 0) as rule
    from rule_goods as g
    left join pair as p using (brand, group_guid)
    left join single as s using (offer_id)
),

named as (
    select
        a.offer_id,
        t.role,
        t.place,
        p.amount,
        p.currency,
        p.exchange_id
    from assigned as a
    inner join term as t using (rule)
    inner join price as p on a.product_id = p.product_id and t.price_type_id = p.price_type_id
)
select 1
