-- What is known of these orders; nobody else changes them until this transaction ends.
-- Parameters: account, numbers.
select
    p.posting_id,
    p.number,
    p.status,
    p.content_hash,
    p.read_at,
    p.heard_at,
    p.version,
    p.shipped_at is not null or coalesce((p.cancellation ->> 'after_shipping')::bool, false) as gone,
    p.status_there = '' and p.heard_at is null and p.read_at is null as fresh,
    coalesce((
        select jsonb_object_agg(coalesce(l.sku, l.article), l.quantity)
        from posting_line as l
        where l.posting_id = p.posting_id
    ), '{}') as pieces
from posting as p
where p.account = %(account)s and p.number = any(%(numbers)s)
order by p.number
for update of p
