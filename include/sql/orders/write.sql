-- What a reading shows. Parameters: rows (a JSON array of objects with the columns' names, and `grows`: the ERP must
-- hear of it), began_at (of the reading), now.
update posting as p
set
    order_number = r.order_number,
    parent_number = r.parent_number,
    status = r.status,
    status_there = r.status_there,
    substatus_there = r.substatus_there,
    scheme = r.scheme,
    warehouse = r.warehouse,
    delivery_method = r.delivery_method,
    currency = r.currency,
    created_at = coalesce(r.created_at, p.created_at),
    ship_by = r.ship_by,
    tracking_number = r.tracking_number,
    cancellation = r.cancellation,
    requirements = r.requirements,
    actions = r.actions,
    content_hash = decode(r.content_hash, 'hex'),
    version = p.version + case when r.grows then 1 else 0 end,
    read_at = %(began_at)s,
    heard_at = case when p.heard_at > %(began_at)s then p.heard_at end,
    changed_at = %(now)s
from
    jsonb_to_recordset(%(rows)s::jsonb) as r (
        posting_id bigint, order_number text, parent_number text, status text, status_there text,
        substatus_there text, scheme text, warehouse text, delivery_method text, currency text,
        created_at timestamptz, ship_by timestamptz, tracking_number text, cancellation jsonb, requirements jsonb,
        actions text[], content_hash text, grows bool
    )
where p.posting_id = r.posting_id
