-- The kept labels of some orders. Parameters: posting_ids.
select
    posting_id,
    file,
    pages,
    completed_at,
    kept_at
from label
where posting_id = any(%(posting_ids)s)
