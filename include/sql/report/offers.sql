-- Every offer of the account with what should be, what was confirmed and what was seen, one row each.
-- What should be is, in this order: what the comparison said, the open change, the value that was refused (while it
-- stands, it is what we want), and what was confirmed, since an offer without any of these needs no change.
-- Parameters: reconciliation_id, account. Reads only.
with reading as (
    select began_at from reconciliation where reconciliation_id = %(reconciliation_id)s
),

ours as materialized (
    select * from offer where account = %(account)s
),

seen as materialized (
    select
        o.offer_id,
        s.*
    from observation as s
    inner join ours as o on s.external_id = o.external_id
    where s.reconciliation_id = %(reconciliation_id)s
    union all
    -- an offer whose id is not known yet is found by its article
    select
        o.offer_id,
        s.*
    from observation as s
    inner join ours as o on s.article = o.article
    where s.reconciliation_id = %(reconciliation_id)s and o.external_id is null
),

differing as materialized (
    select
        offer_id,
        channel,
        warehouse,
        cause,
        detail,
        case
            when coalesce(field, 'amount') in ('amount', 'price', 'quantity') and desired ~ '^-?[0-9]+(\.[0-9]+)?$'
                then desired::numeric
        end as amount
    from difference
    where reconciliation_id = %(reconciliation_id)s and offer_id is not null
),

causes as (
    select
        offer_id,
        array_agg(distinct channel || ':' || cause order by channel || ':' || cause) as causes
    from differing
    group by offer_id
),

told as (
    select
        offer_id,
        channel,
        warehouse,
        max(amount) as amount
    from differing
    where channel in ('price', 'stock')
    group by offer_id, channel, warehouse
),

opened as materialized (
    select c.*
    from change as c
    inner join ours using (offer_id)
    where c.channel in ('price', 'stock') and c.state in ('planned', 'held', 'sent')
),

refused as (
    select f.*
    from refusal as f
    inner join ours using (offer_id)
    where f.channel in ('price', 'stock')
),

known as materialized (
    select oc.*
    from offer_channel as oc
    inner join ours using (offer_id)
),

shown as (
    select
        offer_id,
        channel,
        warehouse,
        -- one card has one price; its stock may come in several rows
        case channel when 'price' then max(amount) else sum(amount) end as amount,
        sum(reserved) as reserved
    from seen
    where channel in ('price', 'stock')
    group by offer_id, channel, warehouse
),

places as (
    select offer_id, channel, warehouse from known where channel in ('price', 'stock')
    union
    select offer_id, channel, warehouse from shown
    union
    select offer_id, channel, warehouse from told
    union
    select offer_id, channel, warehouse from opened
    union
    select offer_id, channel, warehouse from refused
),

lines as materialized (
    select
        offer_id,
        channel,
        warehouse,
        coalesce(told.amount, opened.to_amount, refused.amount, known.confirmed_amount) as desired,
        known.confirmed_amount as confirmed,
        coalesce(opened.to_old, known.confirmed_old) as old,
        coalesce(opened.to_floor, known.confirmed_floor) as floor,
        coalesce(
            shown.amount,
            -- a warehouse that does not list an offer's card was seen to have none of it
            case when channel = 'stock' and known.observed_at = reading.began_at then known.observed_amount end
        ) as observed,
        shown.reserved
    from places
    cross join reading
    left join known using (offer_id, channel, warehouse)
    left join shown using (offer_id, channel, warehouse)
    left join told using (offer_id, channel, warehouse)
    left join opened using (offer_id, channel, warehouse)
    left join refused using (offer_id, channel, warehouse)
),

prices as (
    select * from lines where channel = 'price' and warehouse = ''
),

-- an offer is in one action of ours; another that somebody put it into shows in the differences
promoted as (
    select distinct on (k.offer_id)
        k.offer_id,
        coalesce(a.title, k.warehouse) as title,
        k.confirmed_amount as confirmed,
        k.observed_amount as observed
    from known as k
    left join promotion as a on a.account = %(account)s and k.warehouse = a.action
    where k.channel = 'promotion' and (k.confirmed_amount is not null or k.observed_amount is not null)
    order by k.offer_id, k.confirmed_amount nulls last, k.warehouse
),

stocks as (
    select
        offer_id,
        sum(desired)::float8 as desired,
        sum(observed)::float8 as observed,
        sum(reserved)::float8 as reserved,
        jsonb_object_agg(warehouse, jsonb_build_array(desired::float8, observed::float8)) as by_warehouse
    from lines
    where channel = 'stock'
    group by offer_id
),

confirmations as (
    select
        offer_id,
        max(confirmed_at) as confirmed_at
    from known
    group by offer_id
),

cards as (
    select distinct on (offer_id)
        offer_id,
        state,
        sku
    from seen
    where channel = 'card'
    order by offer_id, external_id
),

card_errors as (
    select
        o.offer_id,
        coalesce(f.message, d.detail) as error
    from ours as o
    left join refusal as f on o.offer_id = f.offer_id and f.channel = 'card' and f.warehouse = ''
    left join (
        select
            offer_id,
            max(detail) as detail
        from differing
        where channel = 'card' and cause = 'rejected'
        group by offer_id
    ) as d on o.offer_id = d.offer_id
),

prices_changed as (
    select
        product_id,
        max(changed_at) as changed_at
    from price
    group by product_id
),

stocks_changed as (
    select
        product_id,
        max(changed_at) as changed_at
    from stock
    group by product_id
)

select
    o.article,
    array_to_string(g.barcodes, ', ') as barcode,
    p.name,
    g.brand,
    o.external_id,
    coalesce(o.sku, cards.sku) as sku,
    o.wanted,
    case when cards.offer_id is null then 'missing' else coalesce(cards.state, 'shown') end as card_state,
    card_errors.error as card_error,
    prices.desired::float8 as price_desired,
    prices.confirmed::float8 as price_confirmed,
    prices.observed::float8 as price_observed,
    nullif(prices.old, 0)::float8 as price_old, -- zero stands for: no struck price
    prices.floor::float8 as price_floor,
    promoted.title as promotion,
    promoted.confirmed::float8 as promotion_confirmed,
    promoted.observed::float8 as promotion_observed,
    stocks.desired as stock_desired,
    stocks.observed as stock_observed,
    stocks.reserved as stock_reserved,
    stocks.by_warehouse as stocks,
    causes.causes,
    greatest(p.changed_at, prices_changed.changed_at, stocks_changed.changed_at) as updated_here,
    confirmations.confirmed_at
from ours as o
inner join product as p using (product_id)
left join sellable as g using (product_id)
left join cards using (offer_id)
left join card_errors using (offer_id)
left join prices using (offer_id)
left join promoted using (offer_id)
left join stocks using (offer_id)
left join causes using (offer_id)
left join confirmations using (offer_id)
left join prices_changed using (product_id)
left join stocks_changed using (product_id)
order by o.article, o.offer_id
