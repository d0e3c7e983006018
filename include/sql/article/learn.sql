-- A card that somebody renamed in the cabinet is listed under that article now: what addresses it must use it.
-- Parameters: account, channel, began_at, visible_after (seconds). Reads seen.
select list_under(%(account)s, array_agg(n.offer_id), array_agg(n.text))
from (
    select distinct on (v.text) v.offer_id, v.text
    from seen as v
    inner join offer as o using (offer_id)
    left join offer_channel as oc on o.offer_id = oc.offer_id and oc.channel = %(channel)s
    where
        v.text <> o.article and o.state <> 'new'
        and not coalesce(oc.in_doubt, false)
        and (
            oc.sent_at is null
            or oc.sent_at + make_interval(secs => %(visible_after)s) <= %(began_at)s::timestamptz
        )
    order by v.text, v.offer_id
) as n
having count(*) > 0
