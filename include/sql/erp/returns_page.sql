-- Returns by when they changed last, from a place on. Reads only.
-- Parameters: account (null: any), since (null: from the beginning), after_id, before, limit.
select
    r.return_id,
    r.account,
    r.external_id,
    r.number,
    r.article,
    r.sku,
    r.quantity,
    r.kind,
    r.status_there,
    r.reason,
    r.moved_at,
    r.changed_at,
    g.good_guid as guid,
    nullif(split_part(g.guid, '#', 2), '') as characteristic
from posting_return as r
left join lateral (
    select l.product_id
    from posting_line as l
    where l.posting_id = r.posting_id and (l.sku = r.sku or l.article = r.article)
    order by l.line
    limit 1
) as l on true
left join product as g using (product_id)
where
    (r.changed_at, r.return_id) > (coalesce(%(since)s::timestamptz, '-infinity'), %(after_id)s)
    and r.changed_at < %(before)s
    and (%(account)s::text is null or r.account = %(account)s)
order by r.changed_at, r.return_id
limit %(limit)s
