-- A new key; a name whose key was revoked may be given again. Returns nothing where the name is in use.
-- Parameters: name, hash, scopes, now.
insert into erp_key (name, hash, scopes, created_at)
values (%(name)s, %(hash)s, %(scopes)s, %(now)s)
on conflict (name) do update
set
    hash = excluded.hash,
    scopes = excluded.scopes,
    created_at = excluded.created_at,
    last_used_at = null,
    revoked_at = null
where erp_key.revoked_at is not null
returning key_id
