-- Write down what a carrier told of the parcels, each event once; of a stranger's orders nothing. What is told under
-- another number of the carrier than the order's is the way back. Returns the shipments that something new is known
-- of. May be repeated. Parameters: carrier, events (JSON), now.
with told as (
    select *
    from jsonb_to_recordset(%(events)s) as t (
        key text, number text, their_number text, status text, words text, stage text, place text,
        happened_at timestamptz
    )
),

ours as (
    select
        shipment.shipment_id,
        told.*,
        told.their_number <> shipment.their_number as other_number
    from told
    join shipment on shipment.our_number = told.number and shipment.carrier = %(carrier)s
    union all
    select
        shipment.shipment_id,
        told.*,
        false
    from told
    join shipment on shipment.their_number = told.their_number and shipment.carrier = %(carrier)s
    where told.number is null
),

added as (
    insert into shipment_event (
        shipment_id, event_key, status, words, stage, place, happened_at, received_at
    )
    select distinct on (shipment_id, key)
        shipment_id,
        key,
        status,
        words,
        case
            when not coalesce(other_number, false) or stage in ('other', 'returned') then stage
            when stage = 'delivered' then 'returned'
            else 'returning'
        end,
        place,
        happened_at,
        %(now)s
    from ours
    order by shipment_id, key
    on conflict (shipment_id, event_key) do nothing
    returning shipment_id
)

select distinct shipment_id
from added
order by shipment_id
