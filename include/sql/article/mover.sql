-- Offers with a card whose good has another article: what they want, whose card has it now, and what is wrong with it.
-- Parameters: account, longest (an article), property, values. Reads article_own; makes article_mover.
-- A good that is deleted in the store claims nothing; where one live good wants its article, its card steps aside.
create temporary table article_mover on commit drop as
with claim as (
    -- who in the store claims the articles in question: offers, and marked goods that are none yet
    select s.article, count(*) as n
    from sellable as s
    left join offer as o on o.account = %(account)s and o.product_id = s.product_id
    where
        not s.deleted
        and s.article in (select case when w.deleted then w.article else w.wanted end from article_own as w)
        and (
            o.offer_id is not null
            or %(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[])
        )
    group by s.article
)

select
    w.offer_id,
    w.article,
    w.wanted,
    w.deleted,
    h.offer_id as holder,
    case
        when w.wanted is null then 'no_article'
        when length(w.wanted) > %(longest)s then 'article_too_long'
        when c.n > 1 then 'duplicate_article'
    end as problem
from article_own as w
left join claim as c on c.article = w.wanted
left join offer as h on h.account = %(account)s and h.article = w.wanted and h.offer_id <> w.offer_id
where w.listed and not w.deleted
union all
select
    w.offer_id, w.article, aside_article(w.article, w.offer_id, %(longest)s), true, null, null
from article_own as w
inner join claim as c on c.article = w.article
where w.listed and w.deleted and c.n = 1
