-- Every order that was read whole is to be in the shop. An order whose lines are not known yet waits for them.
-- May be repeated. Parameters: account, now.
insert into site_order (posting_id, state, changed_at)
select p.posting_id, 'waiting', %(now)s
from posting as p
where
    p.account = %(account)s
    and p.read_at is not null
    and exists (select from posting_line as l where l.posting_id = p.posting_id)
    and not exists (select from site_order as s where s.posting_id = p.posting_id)
on conflict (posting_id) do nothing
