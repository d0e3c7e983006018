-- The orders that a document of 1C may be about: by the marketplace's number, or by 1C's own id once it is known.
-- Reads only. Parameters: numbers, reference.
select
    posting_id,
    account,
    number,
    status,
    requirements,
    number = any(%(numbers)s) as by_number
from posting
where number = any(%(numbers)s) or erp_reference = %(reference)s
order by by_number desc, posting_id
