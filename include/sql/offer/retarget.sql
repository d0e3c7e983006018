-- An offer without a card takes over its good's article at once, where no other offer has or wants it; that of a
-- deleted good gives it up. Parameters: account. Reads renaming. Can run again.
with asked as (
    select
        r.*,
        count(*) filter (where not r.deleted) over (partition by r.wanted) as claims
    from renaming as r
),

given as (
    select a.offer_id, a.wanted as article
    from asked as a
    where
        a.movable and not a.deleted and a.wanted is not null and a.claims = 1
        and not exists (
            select 1
            from offer as h
            where
                h.account = %(account)s and h.article = a.wanted
                and not exists (select 1 from renaming as r where r.offer_id = h.offer_id and r.movable)
        )
    union all
    select a.offer_id, a.article || '~' || a.offer_id
    from asked as a
    where a.movable and a.deleted and right(a.article, length('~' || a.offer_id)) <> '~' || a.offer_id
)

select
    list_under(%(account)s, array_agg(g.offer_id), array_agg(g.article)),
    count(*) as n
from given as g
having count(*) > 0
