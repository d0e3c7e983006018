-- What a card says is what was confirmed: nobody has to send it. Parameters: channel, began_at. Reads taking.
insert into offer_channel as oc (
    offer_id, channel, warehouse, confirmed_hash, confirmed_at, observed_hash, observed_state, observed_at,
    observed_since
)
select
    t.offer_id,
    %(channel)s,
    '',
    t.hash,
    case when t.hash is not null then %(began_at)s::timestamptz end,
    t.hash,
    c.state,
    %(began_at)s::timestamptz,
    %(began_at)s::timestamptz
from taking as t
inner join cabinet_card as c using (external_id)
on conflict (offer_id, channel, warehouse) do update
set
    confirmed_hash = excluded.confirmed_hash, confirmed_at = excluded.confirmed_at,
    observed_hash = excluded.observed_hash, observed_state = excluded.observed_state,
    observed_at = excluded.observed_at, observed_since = excluded.observed_since
