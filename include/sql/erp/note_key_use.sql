-- A key was used; what was noted after %(before)s is left alone. Parameters: key_id, now, before.
update erp_key
set last_used_at = %(now)s
where key_id = %(key_id)s and (last_used_at is null or last_used_at < %(before)s)
