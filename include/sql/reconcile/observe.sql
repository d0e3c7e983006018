-- Remember what was seen of each offer. Parameters: channel, began_at. Reads seen.
insert into offer_channel as oc (
    offer_id, channel, warehouse, observed_amount, observed_old, observed_floor, observed_hash, observed_text,
    observed_state, observed_at, observed_since
)
select distinct on (offer_id, warehouse)
    offer_id, %(channel)s, warehouse, amount, old, floor, hash, text, state,
    %(began_at)s::timestamptz, %(began_at)s::timestamptz
from seen
where offer_id is not null
order by offer_id, warehouse, external_id
on conflict (offer_id, channel, warehouse) do update
set
    observed_amount = excluded.observed_amount, observed_old = excluded.observed_old,
    observed_floor = excluded.observed_floor, observed_hash = excluded.observed_hash,
    observed_text = excluded.observed_text,
    observed_state = excluded.observed_state, observed_at = excluded.observed_at,
    observed_since = case
        when
            (
                oc.observed_amount, oc.observed_old, oc.observed_floor, oc.observed_hash,
                oc.observed_text, oc.observed_state
            )
            is not distinct from (
                excluded.observed_amount, excluded.observed_old, excluded.observed_floor, excluded.observed_hash,
                excluded.observed_text, excluded.observed_state
            )
            then oc.observed_since
        else excluded.observed_at
    end
