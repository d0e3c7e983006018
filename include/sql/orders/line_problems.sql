-- Lines that reserve nothing, and why. Parameters: ids.
select
    p.posting_id,
    p.number,
    p.status,
    l.article,
    l.sku,
    l.quantity,
    l.product_id is null as unknown
from posting_line as l
inner join posting as p using (posting_id)
where p.posting_id = any(%(ids)s) and (l.product_id is null or l.quantity <= 0)
order by p.posting_id, l.line
