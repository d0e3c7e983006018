-- Returns of the marketplace that we do not know, or know otherwise.
-- Parameters: reconciliation_id, account, rows, lately.
insert into order_difference (reconciliation_id, posting_id, number, side, cause, here, there, detail)
select
    %(reconciliation_id)s, p.posting_id, r.number, 'marketplace',
    case when r.moved_at > %(lately)s then 'in_flight' else 'return_unknown' end,
    k.status_there, coalesce(r.status_there, r.kind), r.external_id
from jsonb_to_recordset(%(rows)s) as r (
    external_id text, number text, kind text, status_there text, moved_at timestamptz
)
left join posting_return as k on k.account = %(account)s and r.external_id = k.external_id
left join posting as p on p.account = %(account)s and r.number = p.number
where k.return_id is null or k.status_there is distinct from r.status_there
