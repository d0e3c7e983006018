-- The key of that hash, revoked or not. Reads only. Parameters: hash.
select
    key_id,
    name,
    hash,
    scopes,
    last_used_at,
    revoked_at
from erp_key
where hash = %(hash)s
