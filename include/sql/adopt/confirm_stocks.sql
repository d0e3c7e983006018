-- The pieces that the cabinet shows in each of the account's warehouses are what was confirmed; a warehouse that does
-- not list a card has none of it. Parameters: channel, warehouses, began_at. Reads taking and cabinet_stock.
insert into offer_channel as oc (
    offer_id, channel, warehouse, confirmed_amount, confirmed_at, observed_amount, observed_state, observed_at
)
select
    t.offer_id,
    %(channel)s,
    w.warehouse,
    coalesce(max(s.amount), 0),
    %(began_at)s::timestamptz,
    coalesce(max(s.amount), 0),
    'shown',
    %(began_at)s::timestamptz
from taking as t
cross join unnest(%(warehouses)s::text[]) as w (warehouse)
left join cabinet_stock as s on t.external_id = s.external_id and w.warehouse = s.warehouse
group by t.offer_id, w.warehouse
on conflict (offer_id, channel, warehouse) do update
set
    confirmed_amount = excluded.confirmed_amount, confirmed_at = excluded.confirmed_at,
    observed_amount = excluded.observed_amount, observed_state = excluded.observed_state,
    observed_at = excluded.observed_at
