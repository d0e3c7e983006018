-- The labels of these orders are gone. Parameters: ids.
with labels as (
    delete from label where posting_id = any(%(ids)s)
)

update shipment set label_file = null where posting_id = any(%(ids)s)
