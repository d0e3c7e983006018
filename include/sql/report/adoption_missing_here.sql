-- Cards of the cabinet that are no marked good's, with the good of the same article where it is not marked.
-- Parameters: account, property, values (of the mark). Reads only.
with named as (
    select distinct on (article) article, product_id, deleted, properties, name
    from sellable
    where article is not null
    order by article, deleted, product_id
)

select
    card.external_id,
    card.sku,
    card.article,
    array_to_string(card.barcodes, ', ') as barcode,
    card.name,
    card.state as card_state,
    card.amount::float8 as price_observed,
    card.stock::float8 as stock_observed,
    case
        when s.product_id is null then 'unknown'
        when s.deleted then 'deleted'
        when
            %(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[])
            then 'other_card'
        else 'unmarked'
    end as why_alone,
    s.name as good_name
from adoption_card as card
left join named as s on card.article = s.article
where card.account = %(account)s and card.outcome = 'alone'
order by card.article, card.external_id
