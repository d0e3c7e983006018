-- The fields on ask are what people left there: from now on a change of the store is measured by that.
-- Parameters: account, channel, began_at, visible_after (seconds). Reads seen.
update offer_channel as oc
set confirmed_text = s.text
from seen as s, offer as o
where
    s.offer_id = oc.offer_id and oc.channel = %(channel)s and oc.warehouse = s.warehouse
    and o.offer_id = oc.offer_id and o.account = %(account)s
    and s.text is not null and s.text is distinct from oc.confirmed_text
    and not oc.in_doubt
    and coalesce(oc.sent_at + make_interval(secs => %(visible_after)s) <= %(began_at)s::timestamptz, true)
    and not exists (
        select 1 from change as c
        where c.offer_id = oc.offer_id and c.channel = oc.channel and c.state in ('planned', 'sent')
    )
