-- What the ERP left unanswered comes in a pack again. What it refused waits for a person. May be repeated.
-- Parameters: reconciliation_id, now.
with missing as (
    select d.posting_id, d.number, p.version
    from order_difference as d
    inner join posting as p on d.posting_id = p.posting_id
    where d.reconciliation_id = %(reconciliation_id)s and d.cause = 'missing_in_erp'
),

offered as (
    insert into erp_due (consumer, posting_id, version, since)
    select k.consumer, m.posting_id, m.version, %(now)s
    from missing as m
    cross join (select distinct consumer from erp_pack) as k
    on conflict (consumer, posting_id) do update set version = excluded.version
    returning posting_id
)

select distinct m.number
from missing as m
where m.posting_id in (select o.posting_id from offered as o)
