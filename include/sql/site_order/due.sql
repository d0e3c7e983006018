-- The account's orders that the shop does not have as they are now, the most urgent first, with their lines.
-- Parameters: account, now, limit.
select
    p.posting_id, p.number, p.status, p.version, p.currency, p.created_at, p.received_at, p.ship_by, p.delivery_method,
    p.tracking_number, p.cancellation, s.state, s.attempts, s.external_id,
    (
        select
            jsonb_agg(
                jsonb_build_object(
                    'article', l.article, 'guid', g.guid, 'name', coalesce(g.name, l.name, l.article),
                    'quantity', l.quantity, 'price', l.price::text
                ) order by l.line
            )
        from posting_line as l
        left join product as g on l.product_id = g.product_id
        where l.posting_id = p.posting_id and l.quantity > 0
    ) as lines
from site_order as s
inner join posting as p on s.posting_id = p.posting_id
where
    p.account = %(account)s
    and (s.state in ('waiting', 'sending') or p.version > s.sent_version and p.version > s.tried_version)
    and (s.not_before is null or s.not_before <= %(now)s)
order by p.ship_by nulls last, p.posting_id
limit %(limit)s
