-- The next step of each mover: to its article where that is free, aside where goods exchange theirs.
-- Parameters: longest (an article), segment. Reads article_mover; makes article_step (text null: not yet).
-- A line a -> b, b -> c, c free is worked off from its end; long ones are cut into segments that move at once. In a
-- ring one steps aside: of any 20 neighbours the first, so that every ring has at least one.
create temporary table article_step on commit drop as
with recursive line as (
    select m.offer_id, 0 as depth
    from article_mover as m
    where m.problem is null and m.holder is null
    union all
    select m.offer_id, l.depth + 1
    from line as l
    inner join article_mover as m on m.holder = l.offer_id
    where m.problem is null
),

-- whose article is held by somebody who stays, and who waits for those
stuck as (
    select m.offer_id
    from article_mover as m
    where
        m.problem is null and m.holder is not null
        and not exists (select 1 from article_mover as h where h.offer_id = m.holder and h.problem is null)
    union all
    select m.offer_id
    from stuck as s
    inner join article_mover as m on m.holder = s.offer_id
    where m.problem is null
),

ring as (
    select m.offer_id, m.holder
    from article_mover as m
    where
        m.problem is null and m.holder is not null
        and m.offer_id not in (select offer_id from line) and m.offer_id not in (select offer_id from stuck)
),

walk as (
    select r.offer_id, r.holder as at_offer, 1 as hops from ring as r
    union all
    select w.offer_id, r.holder, w.hops + 1
    from walk as w
    inner join ring as r on r.offer_id = w.at_offer
    where w.hops < 20
),

first_of_ring as (
    select offer_id from walk group by offer_id having min(at_offer) >= offer_id
)

select
    m.offer_id,
    case
        when l.depth = 0 then m.wanted
        when mod(l.depth, %(segment)s) = 0 or f.offer_id is not null
            then aside_article(m.article, m.offer_id, %(longest)s)
    end as text,
    case when m.problem is not null then m.problem when s.offer_id is not null then 'article_taken' end as problem
from article_mover as m
left join line as l using (offer_id)
left join stuck as s using (offer_id)
left join first_of_ring as f using (offer_id)
