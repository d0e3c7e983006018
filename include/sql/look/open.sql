-- How much of an account is still under way: deliveries, marked goods without an offer, cards to be rendered,
-- changes that are planned or sent, cards that do not take stock yet.
-- Parameters: account, property, values, channel, version (of the cards' channel and mapping).
select
    (select count(*) from exchange where state in ('delivered', 'importing')) as deliveries,
    (
        select count(*)
        from sellable as s
        where
            not s.deleted
            and (%(property)s::text is null or s.properties ->> %(property)s::text = any(%(values)s::text[]))
            and not exists (
                select 1 from offer as o where o.account = %(account)s and o.product_id = s.product_id
            )
            and not exists (
                select 1 from unlistable as u where u.account = %(account)s and u.product_id = s.product_id
            )
    ) as unlisted,
    (
        select count(*)
        from offer as o
        inner join sellable as s using (product_id)
        left join product_group as g on g.guid = s.group_guid
        left join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
        where
            o.account = %(account)s and o.wanted
            and r.source_hash is distinct from source_hash(s.content_hash, g.path, o.article, %(version)s)
    ) as stale,
    (
        select count(*)
        from change as c
        inner join offer as o using (offer_id)
        where o.account = %(account)s and c.state in ('planned', 'sent')
    ) as changes,
    -- without a card, and nothing that keeps it from having one: its pictures may not have been looked at yet
    (
        select count(*)
        from offer as o
        where
            o.account = %(account)s and o.wanted and o.state = 'new'
            and not exists (select 1 from refusal as r where r.offer_id = o.offer_id)
            and not exists (select 1 from change as c where c.offer_id = o.offer_id and c.state = 'held')
    ) as cardless,
    (select count(*) from offer as o where o.account = %(account)s and o.state = 'listed') as unready
