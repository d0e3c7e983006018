-- Every good with every card that may be its own, and how strongly they belong together:
--   0 a person's decision; 1 the marketplace's id that somebody wrote into 1C; 2 article and barcode agree;
--   3 one of the two; 9 they are only spelt alike. What a person has rejected is left out.
-- Parameters: account. Reads store_good and cabinet_card, makes pair.
create temporary table pair on commit drop as
with good_barcode as (
    select distinct g.product_id, b.barcode, plain_spelling(b.barcode) as plain
    from store_good as g
    cross join unnest(g.barcodes) as b (barcode)
    where btrim(b.barcode) <> ''
),

card_barcode as (
    select distinct c.external_id, b.barcode, plain_spelling(b.barcode) as plain
    from cabinet_card as c
    cross join unnest(c.barcodes) as b (barcode)
    where btrim(b.barcode) <> ''
),

link as (
    select g.product_id, c.external_id, 'decision' as key
    from store_good as g
    inner join adoption_conflict as decided
        on decided.account = %(account)s and decided.product_id = g.product_id and decided.choice = 'take'
    inner join cabinet_card as c on c.external_id = decided.external_id
    union all
    select g.product_id, c.external_id, 'id'
    from store_good as g
    inner join cabinet_card as c on c.external_id = g.marketplace_id
    union all
    select g.product_id, c.external_id, 'id'
    from store_good as g
    inner join cabinet_card as c on c.sku = g.marketplace_id
    union all
    select g.product_id, c.external_id, case when g.article = c.article then 'article' else 'similar_article' end
    from store_good as g
    inner join cabinet_card as c on plain_spelling(g.article) = plain_spelling(c.article)
    union all
    -- an article of zeros only has no other spelling
    select g.product_id, c.external_id, 'article'
    from store_good as g
    inner join cabinet_card as c on g.article = c.article
    where plain_spelling(g.article) is null
    union all
    select g.product_id, c.external_id, case when g.barcode = c.barcode then 'barcode' else 'similar_barcode' end
    from good_barcode as g
    inner join card_barcode as c on g.plain = c.plain
),

joined as (
    select product_id, external_id, array_agg(distinct key order by key) as keys
    from link
    group by product_id, external_id
)

select
    j.product_id,
    j.external_id,
    j.keys,
    case
        when 'decision' = any(j.keys) then 0
        when 'id' = any(j.keys) then 1
        when j.keys @> array['article', 'barcode'] then 2
        when j.keys && array['article', 'barcode'] then 3
        else 9
    end as rank
from joined as j
where
    not exists (
        select 1
        from adoption_candidate as said
        inner join adoption_conflict as about using (conflict_id)
        where
            about.account = %(account)s and about.product_id = j.product_id
            and said.external_id = j.external_id and said.rejected
    )
