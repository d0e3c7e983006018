-- The account's adopted cards, the last ones first. Parameters: account. Reads only.
select
    o.article,
    s.article as good_article,
    s.name,
    card.name as card_name,
    o.adopted_by,
    card.amount::float8 as price_observed,
    card.stock::float8 as stock_observed,
    o.external_id,
    o.sku,
    s.guid,
    o.adopted_at
from offer as o
inner join sellable as s using (product_id)
left join adoption_card as card on card.account = o.account and card.external_id = o.external_id
where o.account = %(account)s and o.adopted_at is not null
order by o.adopted_at desc, o.article
