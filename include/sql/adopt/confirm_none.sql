-- A warehouse that does not list a card has none of it. Parameters: channel, warehouses, began_at. Reads taking.
insert into offer_channel (
    offer_id, channel, warehouse, confirmed_amount, confirmed_at, observed_amount, observed_state, observed_at,
    observed_since
)
select
    t.offer_id,
    %(channel)s,
    w.warehouse,
    0,
    %(began_at)s::timestamptz,
    0,
    'shown',
    %(began_at)s::timestamptz,
    %(began_at)s::timestamptz
from taking as t
cross join unnest(%(warehouses)s::text[]) as w (warehouse)
on conflict (offer_id, channel, warehouse) do nothing
