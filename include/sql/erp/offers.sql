-- The offers that carry an article, there or in 1C, with what is known of their channels. Reads only.
-- Parameters: article, channels.
select
    o.account,
    o.article,
    o.state,
    g.good_guid as guid,
    nullif(split_part(g.guid, '#', 2), '') as characteristic,
    g.article as current_article,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'channel', c.channel,
                        'warehouse', c.warehouse,
                        'confirmed', c.confirmed_amount::text,
                        'confirmed_old', c.confirmed_old::text,
                        'confirmed_at', c.confirmed_at,
                        'observed', c.observed_amount::text,
                        'observed_old', c.observed_old::text,
                        'observed_at', c.observed_at
                    )
                    order by c.channel, c.warehouse
                )
            from offer_channel as c
            where c.offer_id = o.offer_id and c.channel = any(%(channels)s)
        ),
        '[]'
    ) as channels
from offer as o
inner join product as g using (product_id)
where o.article = %(article)s or g.article = %(article)s
order by o.account, o.article
