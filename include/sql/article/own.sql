-- Offers whose good has another article in the store than they are listed under, or is deleted there.
-- A card that was adopted under another article keeps it until the store's article changes.
-- Parameters: account. Makes article_own.
create temporary table article_own on commit drop as
select
    o.offer_id,
    o.article,
    s.article as wanted,
    s.deleted,
    o.state <> 'new' and o.external_id is not null as listed
from offer as o
inner join sellable as s using (product_id)
where
    o.account = %(account)s
    and (
        s.deleted
        or (
            s.article is distinct from o.article
            and (o.adopted_at is null or s.article is distinct from o.adopted_as)
        )
    )
