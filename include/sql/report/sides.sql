-- 1C, the site and the marketplace side by side: every offer of the account, then the site's goods that 1C does not
-- have. Counts are compared over the warehouses that both 1C and the site know, and over all where they share none.
-- Parameters: reconciliation_id, account. Reads only.
with reading as (
    select * from site_reading where state = 'done' order by site_reading_id desc limit 1
),

price_chosen as (
    select t.price_type_id
    from price_type as t
    cross join reading as r
    where
        case
            when r.store_price_type is not null then r.store_price_type in (t.guid, t.name)
            else t.guid = r.price_type or t.name = r.price_type_name
        end
    order by t.guid = coalesce(r.store_price_type, r.price_type) desc, t.price_type_id
    limit 1
),

shared as materialized (
    select w.warehouse_id, w.guid
    from store_warehouse as w
    where w.guid in (select s.warehouse from site_stock as s)
),

site_counts as (
    select s.xml_id, sum(s.quantity) as quantity
    from site_stock as s
    where not exists (select from shared) or s.warehouse in (select guid from shared)
    group by s.xml_id
),

store_counts as (
    select s.product_id, sum(s.quantity) as quantity, max(s.changed_at) as changed_at
    from stock as s
    where not exists (select from shared) or s.warehouse_id in (select warehouse_id from shared)
    group by s.product_id
),

ours as materialized (
    select offer_id, product_id, article, external_id from offer where account = %(account)s
),

seen as materialized (
    select o.offer_id, s.channel, s.amount
    from observation as s
    inner join ours as o on s.external_id = o.external_id
    where s.reconciliation_id = %(reconciliation_id)s and s.channel in ('price', 'stock')
    union all
    select o.offer_id, s.channel, s.amount
    from observation as s
    inner join ours as o on s.article = o.article
    where
        s.reconciliation_id = %(reconciliation_id)s and o.external_id is null and s.channel in ('price', 'stock')
),

shown as (
    select
        offer_id,
        max(amount) filter (where channel = 'price') as price,
        sum(amount) filter (where channel = 'stock') as stock
    from seen
    group by offer_id
),

causes as (
    select offer_id, array_agg(distinct channel || ':' || cause order by channel || ':' || cause) as causes
    from difference
    where reconciliation_id = %(reconciliation_id)s and offer_id is not null
    group by offer_id
),

lines as (
    select
        o.article,
        p.guid as store_id,
        p.name,
        g.site_id,
        case when g.xml_id is null then 'missing' when g.active then 'shown' else 'hidden' end as site_state,
        sp.amount as price_store,
        ip.amount as price_site,
        shown.price as price_observed,
        coalesce(sc.quantity, 0) as stock_store,
        case when g.xml_id is not null then coalesce(ic.quantity, 0) end as stock_site,
        shown.stock as stock_observed,
        causes.causes,
        greatest(p.changed_at, sp.changed_at, sc.changed_at) as updated_here,
        p.deleted,
        sp.changed_at as price_changed_at,
        sc.changed_at as stock_changed_at,
        p.changed_at as good_changed_at
    from ours as o
    inner join product as p using (product_id)
    left join site_good as g on p.guid = g.xml_id
    left join site_price as ip on g.xml_id = ip.xml_id
    left join site_counts as ic on g.xml_id = ic.xml_id
    left join price as sp
        on p.product_id = sp.product_id and sp.price_type_id = (select price_type_id from price_chosen)
    left join store_counts as sc on p.product_id = sc.product_id
    left join shown using (offer_id)
    left join causes using (offer_id)
    union all
    select
        null, g.xml_id, g.name, g.site_id, case when g.active then 'shown' else 'hidden' end, null, ip.amount, null,
        null, coalesce(ic.quantity, 0), null, null, null, false, null, null, null
    from site_good as g
    left join site_price as ip on g.xml_id = ip.xml_id
    left join site_counts as ic on g.xml_id = ic.xml_id
    where g.active and not exists (select from product as p where p.guid = g.xml_id)
),

judged as (
    select
        l.*,
        r.began_at as site_read,
        case
            when l.article is null then 'not_in_store'
            when l.site_state = 'missing' and not l.deleted
                then case when l.good_changed_at > r.began_at - r.lag then 'site_behind' else 'not_on_site' end
            when l.site_state = 'missing' then null
            when l.site_state = 'hidden' and not l.deleted
                then case when l.good_changed_at > r.began_at - r.lag then 'site_behind' else 'hidden_on_site' end
            when l.site_state = 'hidden' then null
            when l.price_site is distinct from l.price_store and exists (select from price_chosen)
                then case
                    when l.price_changed_at > r.began_at - r.lag then 'site_behind'
                    when l.price_site is null then 'no_price_on_site'
                    else 'price_on_site'
                end
            when l.stock_site is distinct from l.stock_store
                then case when l.stock_changed_at > r.began_at - r.lag then 'site_behind' else 'stock_on_site' end
        end as side
    from lines as l
    cross join reading as r
)

select
    article,
    store_id,
    name,
    site_id::text as site_id,
    site_state,
    price_store::float8 as price_store,
    price_site::float8 as price_site,
    price_observed::float8 as price_observed,
    stock_store::float8 as stock_store,
    stock_site::float8 as stock_site,
    stock_observed::float8 as stock_observed,
    side,
    causes,
    updated_here,
    site_read
from judged
order by side is null, article is null, article, store_id
