-- Offers whose good has another article in the store than they are listed under, or is deleted there.
-- Parameters: account, channel (of the cards). Makes renaming. movable: no card was ever asked for under the article.
create temporary table renaming on commit drop as
select
    o.offer_id,
    o.article,
    s.article as wanted,
    s.deleted,
    o.state = 'new'
    and not exists (
        select 1 from change as c
        where c.offer_id = o.offer_id and c.channel = %(channel)s and c.state = 'sent'
    )
    and not exists (
        select 1 from offer_channel as oc
        where oc.offer_id = o.offer_id and oc.channel = %(channel)s and oc.in_doubt
    ) as movable
from offer as o
inner join sellable as s using (product_id)
where o.account = %(account)s and (s.deleted or s.article is distinct from o.article)
