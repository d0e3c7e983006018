-- The offers that a person may mean: by the article under which they are listed, else by 1C's id, else by 1C's article.
-- Parameters: article, account (null: any).
with found as (
    select
        o.offer_id, o.account, o.article,
        case when o.article = %(article)s then 1 when p.guid = %(article)s then 2 else 3 end as how
    from offer as o
    inner join product as p using (product_id)
    where
        (o.article = %(article)s or p.guid = %(article)s or p.article = %(article)s)
        and (%(account)s::text is null or o.account = %(account)s)
)

select f.offer_id, f.account, f.article
from found as f
where f.how = (select min(best.how) from found as best)
order by f.account, f.article
