-- Orders that wait to be assembled, or to be handed over, the most pressing first. What is left to do takes equally
-- long for each, so that who has the least time left has the least slack. Parameters: account (null: all), limit.
select
    p.posting_id, p.account, p.number, p.status, p.status_there, p.ship_by, p.received_at, p.erp_state, p.erp_number,
    (
        select string_agg(t.kind, ', ' order by t.kind)
        from order_task as t
        where t.posting_id = p.posting_id and t.state in ('waiting', 'doing')
    ) as tasks
from posting as p
where
    p.status in ('new', 'to_assemble', 'to_ship', 'disputed')
    and (%(account)s::text is null or p.account = %(account)s)
order by p.status = 'to_ship', p.ship_by nulls last, p.posting_id
limit %(limit)s
