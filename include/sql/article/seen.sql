-- What cards are called there, of those that matter: called otherwise than is written down, or not sure.
-- Parameters: account, channel. Changes seen.
delete from seen as v
where
    v.offer_id is null or v.article is null
    or exists (
        select 1
        from offer as o
        left join offer_channel as oc on oc.offer_id = o.offer_id and oc.channel = %(channel)s
        inner join sellable as s on s.product_id = o.product_id
        where
            o.offer_id = v.offer_id
            and (
                o.state = 'new'
                or (
                    o.article = v.article and (s.deleted or s.article is not distinct from o.article)
                    and oc.offer_id is null
                )
            )
    )
