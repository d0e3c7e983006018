-- A key opens nothing any more. Parameters: name, now.
update erp_key
set revoked_at = %(now)s
where name = %(name)s and revoked_at is null
returning key_id
