-- Keep what was seen before and is seen no more. Parameters: channel, began_at. Reads seen; runs before observe.
insert into seen_past (offer_id, channel, warehouse, amount, old, floor, hash, text, state, since, until)
select
    oc.offer_id, oc.channel, oc.warehouse, oc.observed_amount, oc.observed_old, oc.observed_floor, oc.observed_hash,
    oc.observed_text, oc.observed_state, oc.observed_since, %(began_at)s::timestamptz
from offer_channel as oc
inner join (
    select distinct on (offer_id, warehouse) *
    from seen
    where offer_id is not null
    order by offer_id, warehouse, external_id
) as s on oc.offer_id = s.offer_id and oc.warehouse = s.warehouse
where
    oc.channel = %(channel)s and oc.observed_since is not null
    and (
        oc.observed_amount, oc.observed_old, oc.observed_floor, oc.observed_hash, oc.observed_text, oc.observed_state
    ) is distinct from (s.amount, s.old, s.floor, s.hash, s.text, s.state)
