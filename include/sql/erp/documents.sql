-- Orders as the ERP is shown them, with their lines: money as text, moments as they are. Reads only.
-- Parameters: ids.
select
    p.posting_id,
    p.account,
    p.number,
    p.order_number,
    p.parent_number,
    p.status,
    p.status_there,
    p.substatus_there,
    p.scheme,
    p.warehouse,
    p.delivery_method,
    p.currency,
    p.created_at,
    p.ship_by,
    p.tracking_number,
    p.cancellation,
    p.requirements,
    p.version,
    p.received_at,
    p.changed_at,
    p.erp_state,
    p.erp_reference,
    p.erp_number,
    p.erp_answered_at,
    p.shipped_at,
    coalesce(
        (
            select
                jsonb_agg(
                    jsonb_build_object(
                        'line', l.line,
                        'article', l.article,
                        'sku', l.sku,
                        'name', coalesce(l.name, g.name),
                        'quantity', l.quantity,
                        'price', l.price::text,
                        'sum', (l.price * l.quantity)::text,
                        'guid', g.good_guid,
                        'characteristic', nullif(split_part(g.guid, '#', 2), ''),
                        'current_article', g.article
                    )
                    order by l.line
                )
            from posting_line as l
            left join product as g using (product_id)
            where l.posting_id = p.posting_id
        ),
        '[]'
    ) as lines
from posting as p
where p.posting_id = any(%(ids)s)
order by p.posting_id
