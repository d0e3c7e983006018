-- What a push tells: of an order that was read, only what moves; of one that was not, also what it is.
-- Parameters: posting_id, status (null: it does not move), status_there, substatus_there, warehouse, delivery_method,
-- scheme, currency, created_at, ship_by, tracking_number, cancellation, now.
update posting as p
set
    status = coalesce(%(status)s, p.status),
    status_there = case when %(status)s::text is null then p.status_there else %(status_there)s end,
    substatus_there = case when %(status)s::text is null then p.substatus_there else %(substatus_there)s end,
    cancellation = coalesce(%(cancellation)s::jsonb, p.cancellation),
    ship_by = coalesce(%(ship_by)s, p.ship_by),
    warehouse = coalesce(p.warehouse, %(warehouse)s),
    delivery_method = coalesce(p.delivery_method, %(delivery_method)s),
    scheme = case when p.read_at is null then coalesce(%(scheme)s, p.scheme) else p.scheme end,
    currency = coalesce(p.currency, %(currency)s),
    created_at = coalesce(p.created_at, %(created_at)s),
    tracking_number = coalesce(p.tracking_number, %(tracking_number)s),
    -- whatever a reading shows next, it is looked at
    content_hash = case when %(status)s::text is null and %(ship_by)s::timestamptz is null then p.content_hash end,
    heard_at = %(now)s,
    changed_at = %(now)s
where p.posting_id = %(posting_id)s
