-- Orders that the ERP did not answer in time, or refused; only where an ERP asks for orders at all.
-- Parameters: reconciliation_id, unanswered (received before this moment).
insert into order_difference (reconciliation_id, posting_id, number, side, cause, here, there, detail)
select
    %(reconciliation_id)s, o.posting_id, o.number, 'erp',
    case
        when p.erp_state = 'refused' then 'refused_by_erp'
        when p.received_at > %(unanswered)s then 'in_flight'
        else 'missing_in_erp'
    end,
    p.status, null,
    case
        when p.erp_state = 'refused' then (
            select e.reason
            from erp_pack_posting as e
            where e.posting_id = p.posting_id and e.state = 'refused'
            order by e.answered_at desc
            limit 1
        )
        when p.received_at > %(unanswered)s then 'missing_in_erp'
    end
from order_observation as o
inner join posting as p on o.posting_id = p.posting_id
where
    o.reconciliation_id = %(reconciliation_id)s
    and o.side = 'here'
    and p.erp_state <> 'taken'
    and exists (select from erp_pack)
