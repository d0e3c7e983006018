-- 1C's id and number of its document of an order. Parameters: posting_id, reference, document_number.
update posting
set
    erp_reference = coalesce(%(reference)s, erp_reference),
    erp_number = coalesce(%(document_number)s, erp_number)
where
    posting_id = %(posting_id)s
    and (
        erp_reference is distinct from coalesce(%(reference)s, erp_reference)
        or erp_number is distinct from coalesce(%(document_number)s, erp_number)
    )
