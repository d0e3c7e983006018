-- Remember what was seen of each offer. Parameters: channel, began_at. Reads seen.
insert into offer_channel as oc (
    offer_id, channel, warehouse, observed_amount, observed_old, observed_floor, observed_hash, observed_text,
    observed_state, observed_at
)
select distinct on (offer_id, warehouse)
    offer_id, %(channel)s, warehouse, amount, old, floor, hash, text, state, %(began_at)s::timestamptz
from seen
where offer_id is not null
order by offer_id, warehouse, external_id
on conflict (offer_id, channel, warehouse) do update
set
    observed_amount = excluded.observed_amount, observed_old = excluded.observed_old,
    observed_floor = excluded.observed_floor, observed_hash = excluded.observed_hash,
    observed_text = excluded.observed_text,
    observed_state = excluded.observed_state, observed_at = excluded.observed_at
