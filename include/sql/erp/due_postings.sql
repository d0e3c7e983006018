-- Orders that the ERP has yet to hear of, longest waiting first: those that were read whole and lie in no open pack.
-- Reads only. Parameters: consumer, limit.
select d.posting_id
from erp_due as d
inner join posting as p using (posting_id)
where
    d.consumer = %(consumer)s
    and p.read_at is not null
    and not exists (
        select 1
        from erp_pack_posting as e
        inner join erp_pack as k using (pack_id)
        where e.posting_id = d.posting_id and e.state = 'open' and k.consumer = d.consumer
    )
order by d.since, d.posting_id
limit %(limit)s
