-- What a person must decide: a row for each good and each card that may be its own.
-- Parameters: account, price_types (names; of several the first that a good has counts). Reads only.
with asked as (
    select distinct on (p.product_id) p.product_id, p.amount
    from price as p
    inner join price_type as t using (price_type_id)
    inner join unnest(%(price_types)s::text[]) with ordinality as wanted (name, place) on wanted.name = t.name
    order by p.product_id, wanted.place
)

select
    s.article,
    card.article as card_article,
    s.name,
    card.name as card_name,
    array_to_string(s.barcodes, ', ') as barcode,
    array_to_string(card.barcodes, ', ') as card_barcode,
    asked.amount::float8 as price_here,
    card.amount::float8 as price_there,
    card.stock::float8 as stock_observed,
    c.kind,
    array_to_string(said.keys, ', ') as keys,
    coalesce(card.state, 'missing') as card_state,
    owner.article as owner_article,
    case when said.rejected then 'reject' end as decision,
    c.state as conflict_state,
    said.external_id,
    card.sku,
    s.guid,
    c.since
from adoption_conflict as c
inner join sellable as s using (product_id)
left join adoption_candidate as said using (conflict_id)
left join adoption_card as card on card.account = c.account and said.external_id = card.external_id
left join offer as owner on owner.account = c.account and owner.external_id = said.external_id
left join asked on asked.product_id = c.product_id
where c.account = %(account)s and c.state in ('open', 'ignored')
order by c.state desc, c.kind, s.article, s.guid, said.external_id
