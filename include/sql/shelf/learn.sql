-- Somebody put a card into the archive there, or took it out: what cannot reach it any more does not try.
-- Parameters: account, channel, began_at, visible_after (seconds). Reads seen.
update offer as o
set state = case when v.text = 'archived' then 'archived' else 'listed' end
from seen as v
where
    o.offer_id = v.offer_id and o.state <> 'new'
    and (v.text = 'archived') <> (o.state = 'archived')
    and not exists (
        select 1
        from offer_channel as oc
        where
            oc.offer_id = o.offer_id and oc.channel = %(channel)s
            and (
                oc.in_doubt
                or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
            )
    )
