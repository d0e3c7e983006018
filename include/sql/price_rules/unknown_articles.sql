-- Which of these articles no good has. Parameters: articles.
select a.article
from unnest(%(articles)s::text[]) as a (article)
where
    not exists (select 1 from product as p where p.article = a.article)
    and not exists (select 1 from offer as o where o.article = a.article)
