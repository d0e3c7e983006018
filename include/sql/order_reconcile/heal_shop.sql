-- What the shop has otherwise, or not at all, is put there again. An order whose last call may still have an effect
-- keeps its pause. Parameters: reconciliation_id, now.
with differing as (
    select distinct posting_id, number
    from order_difference
    where
        reconciliation_id = %(reconciliation_id)s
        and side = 'shop'
        and cause in ('missing_in_shop', 'status_differs', 'lines_differ', 'sum_differs')
        and posting_id is not null
)

update site_order as s
set
    state = case when s.in_doubt then 'sending' else 'waiting' end,
    not_before = case when s.in_doubt then s.not_before end, changed_at = %(now)s
from differing as d
where s.posting_id = d.posting_id
returning d.number
