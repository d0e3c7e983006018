-- Tell the ERP of an order again, though it did not change. Parameters: consumer, posting_id, now.
insert into erp_due (consumer, posting_id, version, since)
select
    %(consumer)s,
    p.posting_id,
    p.version,
    %(now)s
from posting as p
where p.posting_id = %(posting_id)s
on conflict (consumer, posting_id) do update set version = excluded.version
