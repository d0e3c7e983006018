-- The price that the cabinet shows is what was confirmed, and what the guards hold the store's price against.
-- Parameters: channel, began_at. Reads taking and cabinet_price.
insert into offer_channel as oc (
    offer_id, channel, warehouse, confirmed_amount, confirmed_old, confirmed_floor, confirmed_at,
    observed_amount, observed_old, observed_floor, observed_state, observed_at
)
select distinct on (t.offer_id)
    t.offer_id,
    %(channel)s,
    '',
    p.amount,
    coalesce(p.old, 0),
    p.floor,
    %(began_at)s::timestamptz,
    p.amount,
    p.old,
    p.floor,
    p.state,
    %(began_at)s::timestamptz
from taking as t
inner join cabinet_price as p using (external_id)
where p.amount is not null
order by t.offer_id
on conflict (offer_id, channel, warehouse) do update
set
    confirmed_amount = excluded.confirmed_amount, confirmed_old = excluded.confirmed_old,
    confirmed_floor = excluded.confirmed_floor, confirmed_at = excluded.confirmed_at,
    observed_amount = excluded.observed_amount, observed_old = excluded.observed_old,
    observed_floor = excluded.observed_floor, observed_state = excluded.observed_state,
    observed_at = excluded.observed_at
