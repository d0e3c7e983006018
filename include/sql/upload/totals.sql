-- What a session has uploaded. Parameters: session_id, batch, file.
select
    coalesce(sum(bytes), 0)::bigint as bytes,
    count(distinct batch || '/' || file)::int as files,
    coalesce(bool_or(batch = %(batch)s and file = %(file)s), false) as known
from exchange_part
where session_id = %(session_id)s
