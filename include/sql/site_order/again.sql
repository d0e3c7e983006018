-- A person wants orders to be put into the shop once more, whatever came of it before. An order whose last call may
-- still have an effect keeps its pause. Parameters: number, account (null: any).
update site_order as s
set
    state = case when s.in_doubt then 'sending' else 'waiting' end,
    not_before = case when s.in_doubt then s.not_before end
from posting as p
where
    s.posting_id = p.posting_id
    and p.number = %(number)s
    and (%(account)s::text is null or p.account = %(account)s)
returning p.account, p.number
