-- Whose is what was seen: by the marketplace's own id, else by the article of an offer whose id is not known yet.
-- Parameters: account, shown_by (the channel whose read-back it is), reconciliation_id. Makes seen.
create temporary table seen on commit drop as
select
    coalesce(by_id.offer_id, by_article.offer_id) as offer_id,
    v.external_id,
    v.article,
    v.sku,
    v.warehouse,
    v.amount,
    v.old,
    v.floor,
    v.hash,
    v.text,
    v.state
from observation as v
left join offer as by_id on by_id.account = %(account)s and by_id.external_id = v.external_id
left join offer as by_article
    on
        by_id.offer_id is null
        and by_article.account = %(account)s and by_article.external_id is null and by_article.article = v.article
where v.reconciliation_id = %(reconciliation_id)s and v.channel = %(shown_by)s
