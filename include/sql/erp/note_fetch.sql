-- A pack was handed out. Parameters: pack_id, now.
update erp_pack
set fetched_at = %(now)s, fetches = fetches + 1
where pack_id = %(pack_id)s
