-- Returns, as the marketplace shows them now; the orders of those that are new or have moved.
-- Parameters: account, rows (a JSON array of {external_id, number, article, sku, quantity, kind, status_there, reason,
-- moved_at, received}), now.
insert into posting_return as b (
    account, external_id, posting_id, number, article, sku, quantity, kind, status_there, reason, received, moved_at,
    changed_at
)
select
    %(account)s,
    r.external_id,
    p.posting_id,
    r.number,
    r.article,
    r.sku,
    r.quantity,
    r.kind,
    r.status_there,
    r.reason,
    r.received,
    r.moved_at,
    %(now)s
from
    jsonb_to_recordset(%(rows)s::jsonb) as r (
        external_id text, number text, article text, sku text, quantity int, kind text, status_there text, reason text,
        moved_at timestamptz, received bool
    )
left join posting as p on p.account = %(account)s and r.number = p.number
order by r.external_id
on conflict (account, external_id) do update
set
    posting_id = excluded.posting_id,
    quantity = excluded.quantity,
    kind = excluded.kind,
    status_there = excluded.status_there,
    reason = excluded.reason,
    received = b.received or excluded.received,
    moved_at = excluded.moved_at,
    changed_at = excluded.changed_at
where
    (b.posting_id, b.quantity, b.kind, b.status_there, b.reason, b.moved_at)
    is distinct from (
        excluded.posting_id, excluded.quantity, excluded.kind, excluded.status_there, excluded.reason, excluded.moved_at
    )
returning b.posting_id
