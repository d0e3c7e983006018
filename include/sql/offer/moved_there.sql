-- Cards that turned out to be called otherwise there are listed so, unless a call of ours may still be on its way.
-- Parameters: account, ids and articles (parallel arrays), channels (that rename), now, visible_after (seconds).
select list_under(%(account)s, array_agg(n.offer_id), array_agg(n.article))
from (
    select distinct on (m.article) m.offer_id, m.article
    from unnest(%(ids)s::bigint[], %(articles)s::text[]) as m (offer_id, article)
    where
        not exists (
            select 1
            from offer_channel as oc
            where
                oc.offer_id = m.offer_id and oc.channel = any(%(channels)s::text[])
                and (
                    oc.in_doubt
                    or oc.sent_at + make_interval(secs => %(visible_after)s) > %(now)s::timestamptz
                )
        )
    order by m.article, m.offer_id
) as n
having count(*) > 0
