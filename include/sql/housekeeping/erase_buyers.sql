-- Nothing of these buyers stays; their printed labels have gone before. Parameters: ids, now.
with gone as (
    delete from buyer where posting_id = any(%(ids)s)
),

labels as (
    delete from label where posting_id = any(%(ids)s)
),

shipments as (
    update shipment set label_file = null where posting_id = any(%(ids)s)
)

update posting set buyer_erased_at = %(now)s where posting_id = any(%(ids)s)
