-- All keys, without what they are. Reads only.
select
    name,
    scopes,
    created_at,
    last_used_at,
    revoked_at
from erp_key
order by name
