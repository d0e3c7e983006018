-- What happened to an order's parcels, oldest first. Parameters: shipment_id.
select status, words, stage, place, happened_at, received_at
from shipment_event
where shipment_id = %(shipment_id)s
order by coalesce(happened_at, received_at), event_key
