-- What the cabinet shows is what was confirmed: the next plan differs where the store does, and the guards hold the
-- store's price against it. Parameters: channel, no_old (how "no struck price" is confirmed), began_at.
-- Reads taking and cabinet_value.
insert into offer_channel as oc (
    offer_id, channel, warehouse, confirmed_amount, confirmed_old, confirmed_floor, confirmed_text, confirmed_at,
    observed_amount, observed_old, observed_floor, observed_text, observed_state, observed_at,
    observed_since
)
select distinct on (t.offer_id, v.warehouse)
    t.offer_id,
    %(channel)s,
    v.warehouse,
    v.amount,
    coalesce(v.old, %(no_old)s::numeric),
    v.floor,
    v.text,
    %(began_at)s::timestamptz,
    v.amount,
    v.old,
    v.floor,
    v.text,
    v.state,
    %(began_at)s::timestamptz,
    %(began_at)s::timestamptz
from taking as t
inner join cabinet_value as v on t.external_id = v.external_id and v.channel = %(channel)s
where v.amount is not null
order by t.offer_id, v.warehouse
on conflict (offer_id, channel, warehouse) do update
set
    confirmed_amount = excluded.confirmed_amount, confirmed_old = excluded.confirmed_old,
    confirmed_floor = excluded.confirmed_floor, confirmed_text = excluded.confirmed_text,
    confirmed_at = excluded.confirmed_at,
    observed_amount = excluded.observed_amount, observed_old = excluded.observed_old,
    observed_floor = excluded.observed_floor, observed_text = excluded.observed_text,
    observed_state = excluded.observed_state,
    observed_at = excluded.observed_at, observed_since = excluded.observed_since
