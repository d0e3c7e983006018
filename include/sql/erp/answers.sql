-- The orders of a pack with what was answered. Reads only. Parameters: pack_id.
select
    e.posting_id,
    e.version,
    e.state,
    e.reason,
    e.reference,
    e.document_number,
    e.answered_at,
    p.account,
    p.number
from erp_pack_posting as e
inner join posting as p using (posting_id)
where e.pack_id = %(pack_id)s
order by e.posting_id
