-- Take the answers to orders of a pack: the orders know how they stand with the ERP, and are due no more unless they
-- changed since.
-- Parameters: pack_id, consumer, rows (json: posting_id, state, reason, reference, document_number), now.
with answer as (
    select
        r.posting_id,
        r.state,
        r.reason,
        r.reference,
        r.document_number
    from
        jsonb_to_recordset(%(rows)s) as r (
            posting_id bigint, state text, reason text, reference text, document_number text
        )
),

kept as (
    update erp_pack_posting as e
    set
        state = a.state,
        reason = a.reason,
        reference = a.reference,
        document_number = a.document_number,
        answered_at = %(now)s
    from answer as a
    where e.pack_id = %(pack_id)s and e.posting_id = a.posting_id
    returning e.posting_id, e.version
),

heard as (
    delete from erp_due as d
    using kept as k
    where d.consumer = %(consumer)s and d.posting_id = k.posting_id and d.version <= k.version
)

update posting as p
set
    erp_state = a.state,
    erp_reference = coalesce(a.reference, p.erp_reference),
    erp_number = coalesce(a.document_number, p.erp_number),
    erp_answered_at = %(now)s
from answer as a
where p.posting_id = a.posting_id
