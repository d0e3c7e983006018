-- Every order of a reconciliation, all sides in one row; those that differ come first. Nothing personal.
-- Parameters: reconciliation_id. Reads only.
with sides as (
    select
        o.number,
        max(o.posting_id) as posting_id,
        coalesce(max(o.created_at) filter (where o.side = 'here'), max(o.created_at)) as order_created,
        max(o.status) filter (where o.side = 'here') as order_status,
        max(o.status_there) filter (where o.side = 'here') as status_here,
        max(o.status_there) filter (where o.side = 'marketplace') as status_market,
        max(o.status) filter (where o.side = 'shop') as status_shop,
        max(o.external_id) filter (where o.side = 'shop') as shop_number,
        max(o.pieces) filter (where o.side = 'here') as pieces_here,
        max(o.pieces) filter (where o.side = 'marketplace') as pieces_market,
        max(o.pieces) filter (where o.side = 'shop') as pieces_shop,
        max(o.amount) filter (where o.side = 'here') as sum_here,
        max(o.amount) filter (where o.side = 'marketplace') as sum_market,
        max(o.amount) filter (where o.side = 'shop') as sum_shop
    from order_observation as o
    where o.reconciliation_id = %(reconciliation_id)s
    group by o.number
),

differing as (
    select
        d.number,
        array_agg(distinct d.side || ':' || d.cause order by d.side || ':' || d.cause) as order_causes,
        string_agg(distinct d.detail, '; ') filter (where d.cause <> 'in_flight' and d.cause <> 'return_unknown')
            as detail,
        bool_or(d.healed) as healed
    from order_difference as d
    where d.reconciliation_id = %(reconciliation_id)s
    group by d.number
),

returned as (
    select r.posting_id, sum(r.quantity) as pieces
    from posting_return as r
    where r.posting_id in (select s.posting_id from sides as s)
    group by r.posting_id
)

select
    coalesce(s.number, d.number) as order_number,
    s.order_created,
    p.ship_by,
    s.order_status,
    s.status_here,
    s.status_market,
    s.status_shop,
    s.shop_number,
    s.pieces_here::float8 as pieces_here,
    s.pieces_market::float8 as pieces_market,
    s.pieces_shop::float8 as pieces_shop,
    s.sum_here::float8 as sum_here,
    s.sum_market::float8 as sum_market,
    s.sum_shop::float8 as sum_shop,
    r.pieces::float8 as returned,
    p.erp_state,
    p.erp_number,
    d.order_causes,
    d.detail,
    case when d.number is not null then d.healed end as healed
from sides as s
full join differing as d on s.number = d.number
left join posting as p on s.posting_id = p.posting_id
left join returned as r on s.posting_id = r.posting_id
order by d.number is null, s.order_created desc nulls last, coalesce(s.number, d.number)
