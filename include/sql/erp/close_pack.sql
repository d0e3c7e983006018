-- A pack whose last answer has come. Parameters: pack_id, now.
update erp_pack as k
set answered_at = %(now)s
where
    k.pack_id = %(pack_id)s
    and k.answered_at is null
    and not exists (select 1 from erp_pack_posting as e where e.pack_id = k.pack_id and e.state = 'open')
returning k.pack_id
