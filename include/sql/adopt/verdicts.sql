-- What becomes of each good with exact matches: its one card is taken (kind is null), or a person must decide.
-- A good and a card belong together where each is the other's only one among its strongest matches.
-- Reads pair, owned and cabinet_card, makes verdict.
create temporary table verdict on commit drop as
with ranked as (
    select
        *,
        min(rank) over (partition by product_id) as best_of_good,
        min(rank) over (partition by external_id) as best_of_card
    from pair
),

rival as (
    select external_id, count(*) as goods
    from ranked
    where rank = best_of_card
    group by external_id
),

strongest as (
    select *, count(*) over (partition by product_id) as cards
    from ranked
    where rank = best_of_good and rank < 9
)

select distinct on (s.product_id)
    s.product_id,
    s.external_id,
    case s.rank
        when 0 then 'decision'
        when 1 then 'id'
        when 2 then 'article+barcode'
        else (array_remove(array_remove(s.keys, 'similar_article'), 'similar_barcode'))[1]
    end as key,
    case
        when s.cards > 1 then 'two_cards'
        when owned.offer_id is not null then 'taken'
        when s.rank > s.best_of_card or rival.goods > 1 then 'two_goods'
        when c.state = 'archived' then 'archived'
        when coalesce(c.article, '') = '' then 'no_article'
    end as kind
from strongest as s
inner join cabinet_card as c using (external_id)
inner join rival using (external_id)
left join owned using (external_id)
order by s.product_id, s.external_id
