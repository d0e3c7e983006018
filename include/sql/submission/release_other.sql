-- Changes whose value moved on before they were sent: closed here, made due again for the next plan.
-- Parameters: change_ids, now.
with gone as (
    update change
    set state = 'superseded', finished_at = %(now)s, submission_id = null, sent_at = null
    where change_id = any(%(change_ids)s::bigint[])
    returning offer_id, channel, warehouse, was_in_doubt
)

update offer_channel as oc
set in_doubt = g.was_in_doubt
from gone as g
where oc.offer_id = g.offer_id and oc.channel = g.channel and oc.warehouse = g.warehouse
