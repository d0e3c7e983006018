-- What a side showed of orders. May be repeated. Parameters: reconciliation_id, side, rows.
insert into order_observation (
    reconciliation_id, side, number, status, status_there, cancelled, created_at, pieces, amount, lines, external_id,
    copies, recent
)
select
    %(reconciliation_id)s, %(side)s, r.number, r.status, r.status_there, r.cancelled, r.created_at, r.pieces, r.amount,
    r.lines, r.external_id, r.copies, r.recent
from jsonb_to_recordset(%(rows)s) as r (
    number text, status text, status_there text, cancelled bool, created_at timestamptz, pieces bigint, amount numeric,
    lines jsonb, external_id text, copies int, recent bool
)
on conflict (reconciliation_id, side, number) do update
set status = excluded.status, status_there = excluded.status_there, lines = excluded.lines, amount = excluded.amount
