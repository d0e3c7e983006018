-- The prices that the store wants in promotions: of the actions that accounts.yaml chose, an offer is in the first
-- whose terms it meets. Who is in and should not be gets a row with an amount of null.
-- Parameters: account, offers (null: all), channel, now, and parallel arrays in the order of accounts.yaml: actions,
--   price_types, stocks (null: none set), frozen (nobody in, nobody out, no price up); leave_from (the actions that
--   may be left), currency, messages (code -> text with holes for two amounts or a currency), states (of offers).
-- Reads ordinary_price; fills desired; keeps refusal up to date with those that the terms keep out.
with setting as (
    select *
    from
        unnest(%(actions)s::text[], %(price_types)s::int[], %(stocks)s::int[], %(frozen)s::bool[])
        with ordinality as s (action, price_type_id, stock, frozen, place)
),

asked as (
    select
        o.offer_id,
        s.place,
        s.action,
        s.frozen,
        pr.amount,
        pr.currency,
        pr.exchange_id,
        op.store_floor,
        op.counts,
        c.max_price,
        c.min_stock,
        coalesce(s.stock, 0) as stock,
        inside.confirmed_amount as inside
    from setting as s
    inner join promotion_candidate as c on c.account = %(account)s and s.action = c.action
    inner join offer as o on o.account = c.account and c.external_id = o.external_id
    inner join price as pr on o.product_id = pr.product_id and s.price_type_id = pr.price_type_id
    left join ordinary_price as op on o.offer_id = op.offer_id
    left join offer_channel as inside
        on o.offer_id = inside.offer_id and inside.channel = %(channel)s and s.action = inside.warehouse
    where
        o.wanted and o.state = any(%(states)s::text[]) and pr.amount is not null
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
),

judged as (
    select
        a.*,
        case
            when a.currency is distinct from %(currency)s then 'currency'
            when a.amount > coalesce(a.max_price, 0) then 'above_max_action_price'
            when a.counts is null then 'no_price'
            when a.amount >= a.counts then 'not_below_price'
            when a.min_stock > a.stock then 'stock_minimum'
        end as refused
    from asked as a
    where not a.frozen or a.inside is not null
),

-- whoever is in a frozen action stays there, whatever the terms
chosen as (
    select distinct on (offer_id) *
    from judged
    where refused is null or frozen
    order by offer_id, frozen desc, place
),

kept_out as (
    select distinct on (j.offer_id) j.*
    from judged as j
    where
        j.refused is not null and j.refused <> 'no_price' and not j.frozen
        and not exists (select 1 from chosen as c where c.offer_id = j.offer_id)
    order by j.offer_id, j.place
),

mended as (
    delete from refusal as r
    using offer as o
    where
        o.offer_id = r.offer_id and o.account = %(account)s and r.channel = %(channel)s and r.origin = 'store'
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
        and not exists (select 1 from kept_out as k where k.offer_id = r.offer_id and k.action = r.warehouse)
),

told as (
    insert into refusal as r (
        offer_id, channel, warehouse, origin, code, field, message, amount, since
    )
    select
        k.offer_id,
        %(channel)s,
        k.action,
        'store',
        k.refused,
        case k.refused when 'stock_minimum' then 'stock' when 'currency' then 'currency' else 'amount' end,
        case k.refused
            when 'currency' then format(%(messages)s::jsonb ->> k.refused, coalesce(k.currency, ''))
            when 'above_max_action_price'
                then format(%(messages)s::jsonb ->> k.refused, k.amount, coalesce(k.max_price, 0))
            when 'stock_minimum' then format(%(messages)s::jsonb ->> k.refused, k.min_stock, k.stock)
            else format(%(messages)s::jsonb ->> k.refused, k.amount, k.counts)
        end,
        k.amount,
        %(now)s
    from kept_out as k
    on conflict (offer_id, channel, warehouse) do update
    set
        origin = excluded.origin,
        code = excluded.code,
        field = excluded.field,
        message = excluded.message,
        amount = excluded.amount,
        old = null,
        floor = null,
        hash = null,
        text = null,
        again_at = null
    where
        (r.origin, r.code, r.message) is distinct from (excluded.origin, excluded.code, excluded.message)
        -- that it could not be taken out matters more
        and (r.origin = 'store' or r.amount is not null or r.again_at <= %(now)s)
),

-- who was taken out there already needs no call: the reading began late enough after the last one of ours
out_there as (
    select oc.offer_id, oc.warehouse
    from offer_channel as oc
    inner join offer as o on oc.offer_id = o.offer_id and o.account = %(account)s
    inner join promotion as a on o.account = a.account and oc.warehouse = a.action
    left join promotion_candidate as c
        on a.account = c.account and a.action = c.action and o.external_id = c.external_id
    where
        oc.channel = %(channel)s and (oc.confirmed_amount is not null or oc.in_doubt)
        and oc.warehouse = any(%(leave_from)s::text[])
        and not coalesce(c.joined, false)
        and coalesce(oc.sent_at, '-infinity') + make_interval(secs => %(visible_after)s) <= a.read_at
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
        and not exists (select 1 from chosen as h where h.offer_id = oc.offer_id and h.action = oc.warehouse)
        and not exists (
            select 1
            from change as s
            where
                s.offer_id = oc.offer_id and s.channel = oc.channel and s.warehouse = oc.warehouse
                and s.state = 'sent'
        )
),

taken_out as (
    update offer_channel as oc
    set confirmed_amount = null, confirmed_old = null, in_doubt = false, settled_version = oc.due_version
    from out_there as t
    where t.offer_id = oc.offer_id and t.warehouse = oc.warehouse and oc.channel = %(channel)s
),

leaving as (
    select oc.offer_id, oc.warehouse, a.moves_price
    from offer_channel as oc
    inner join offer as o on oc.offer_id = o.offer_id and o.account = %(account)s
    inner join promotion as a on o.account = a.account and oc.warehouse = a.action
    where
        oc.channel = %(channel)s and (oc.confirmed_amount is not null or oc.in_doubt)
        and oc.warehouse = any(%(leave_from)s::text[])
        and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
        and not exists (select 1 from chosen as h where h.offer_id = oc.offer_id and h.action = oc.warehouse)
        and not exists (
            select 1 from out_there as t where t.offer_id = oc.offer_id and t.warehouse = oc.warehouse
        )
)

insert into desired (offer_id, warehouse, amount, old, store_floor, currency, exchange_id)
select
    c.offer_id,
    c.action,
    case when c.frozen then least(c.inside, case when c.refused is null then c.amount end) else c.amount end,
    null,
    c.store_floor,
    %(currency)s,
    c.exchange_id
from chosen as c
union all
select
    l.offer_id,
    l.warehouse,
    null,
    case when l.moves_price then coalesce(op.amount, case when op.offer_id is null then r.ordinary end) end,
    op.store_floor,
    %(currency)s,
    null
from leaving as l
left join ordinary_price as op on l.offer_id = op.offer_id
left join promotion_return as r on l.offer_id = r.offer_id
