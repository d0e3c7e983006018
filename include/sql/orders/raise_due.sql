-- The stock of these goods is sent again on every account, whatever was confirmed: an order moves what the marketplace
-- itself counts as free. Parameters: products, channels (the channels that carry stock).
with mine as (
    select
        oc.offer_id,
        oc.channel,
        oc.warehouse
    from offer as o
    inner join offer_channel as oc using (offer_id)
    where o.product_id = any(%(products)s) and oc.channel = any(%(channels)s)
    order by oc.offer_id, oc.channel, oc.warehouse
    for update of oc
)

update offer_channel as oc
set due_version = oc.due_version + 1
from mine as m
where oc.offer_id = m.offer_id and oc.channel = m.channel and oc.warehouse = m.warehouse
