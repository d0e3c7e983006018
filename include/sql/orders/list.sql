-- Orders, those to be shipped first at the top. Parameters: account (null: all), status (null: those that wait for the
-- store), limit.
select
    p.account,
    p.number,
    p.status,
    p.status_there,
    p.ship_by,
    p.read_at is not null as read,
    p.erp_state,
    p.erp_number,
    coalesce((select sum(l.quantity) from posting_line as l where l.posting_id = p.posting_id), 0)::int as pieces,
    coalesce((
        select sum(r.quantity) from reservation as r where r.posting_id = p.posting_id and r.ended_at is null
    ), 0)::int as reserved
from posting as p
where
    (%(account)s::text is null or p.account = %(account)s)
    and case
        when %(status)s::text is null then p.status in ('new', 'to_assemble', 'to_ship', 'disputed', 'unknown')
        else p.status = %(status)s
    end
order by p.ship_by nulls last, p.number
limit %(limit)s
