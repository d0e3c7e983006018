-- Marked goods that have no offer in the account yet, with what stands in their way: another good with the same
-- article, a card that still has it and will be renamed, or a card in the cabinet about which a person must decide.
-- Parameters: account, property, values. Reads renaming. Fills the temporary table candidate.
create temporary table candidate on commit drop as
select
    s.product_id,
    s.article,
    case
        when waiting.product_id is not null then 'adoption_conflict'
        when s.article is null then 'no_article'
        when
            count(*) over (partition by s.article) > 1
            or (taken.offer_id is not null and leaving.offer_id is null)
            or exists (select 1 from renaming as r where r.wanted = s.article and not r.deleted)
            then 'duplicate_article'
        when taken.offer_id is not null then 'article_busy'
    end as code,
    first_value(s.guid) over (partition by s.article order by s.guid) as twin,
    s.guid,
    taken.offer_id as taken_by
from sellable as s
left join offer as known on known.account = %(account)s and known.product_id = s.product_id
left join offer as taken on taken.account = %(account)s and taken.article = s.article
left join renaming as leaving on taken.offer_id = leaving.offer_id
left join adoption_conflict as waiting
    on
        waiting.account = %(account)s and waiting.product_id = s.product_id
        and waiting.state in ('open', 'ignored')
where
    known.offer_id is null
    and not s.deleted
    and (%(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[]))
