-- An order as a marketplace's folder needs it, with its lines. Parameters: posting_id.
select
    p.posting_id,
    p.account,
    p.number,
    p.status,
    p.status_there,
    p.substatus_there,
    p.scheme,
    p.delivery_method,
    p.tracking_number,
    p.requirements,
    p.actions,
    p.ship_by,
    coalesce(
        jsonb_agg(
            jsonb_build_object('article', l.article, 'sku', l.sku, 'name', l.name, 'quantity', l.quantity)
            order by l.line
        ) filter (where l.posting_id is not null),
        '[]'
    ) as lines
from posting as p
left join posting_line as l using (posting_id)
where p.posting_id = %(posting_id)s
group by p.posting_id
