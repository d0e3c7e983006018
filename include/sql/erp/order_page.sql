-- Orders by when they changed last, from a place on: null and 0 begin at the beginning. Reads only.
-- Parameters: account (null: any), status (null: any), since, after_id, before, limit.
select
    posting_id,
    changed_at
from posting
where
    (changed_at, posting_id) > (coalesce(%(since)s::timestamptz, '-infinity'), %(after_id)s)
    and changed_at < %(before)s
    and (%(account)s::text is null or account = %(account)s)
    and (%(status)s::text is null or status = %(status)s)
order by changed_at, posting_id
limit %(limit)s
