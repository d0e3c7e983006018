-- What the marketplace has and we do not sell there, with what it shows of it.
-- Parameters: reconciliation_id. Reads only.
with missing as (
    select * from difference where reconciliation_id = %(reconciliation_id)s and cause = 'missing_here'
),
seen as (
    select s.*
    from observation s
    where s.reconciliation_id = %(reconciliation_id)s
        and s.external_id in (select external_id from missing)
),
cards as (
    select distinct on (external_id) external_id, article, sku, barcode, name, state
    from seen
    where channel = 'card'
    order by external_id, article
),
prices as (
    select external_id, max(amount) as amount from seen where channel = 'price' group by external_id
),
stocks as (
    select external_id, sum(amount) as amount from seen where channel = 'stock' group by external_id
)
select
    d.external_id,
    c.sku,
    coalesce(d.article, c.article) as article,
    c.barcode,
    c.name,
    c.state as card_state,
    prices.amount::float8 as price_observed,
    stocks.amount::float8 as stock_observed,
    d.channel,
    d.warehouse,
    d.cause,
    d.detail
from missing d
left join cards c using (external_id)
left join prices using (external_id)
left join stocks using (external_id)
order by coalesce(d.article, c.article), d.external_id, d.difference_id
