-- Reservations that a push alone made, whose time is over. Parameters: account, now.
with over as (
    select p.posting_id
    from posting as p
    where
        p.account = %(account)s
        and p.posting_id in (
            select r.posting_id from reservation as r where r.ended_at is null and r.lapses_at <= %(now)s
        )
    order by p.number
    for update
)

update reservation as r
set ended_at = %(now)s, ended_by = 'lapsed'
from posting as p
where
    p.posting_id = r.posting_id and r.posting_id in (select o.posting_id from over as o)
    and r.ended_at is null and r.lapses_at <= %(now)s
returning r.posting_id, p.number, r.product_id
