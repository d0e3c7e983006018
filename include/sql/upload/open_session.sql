-- Parameters: key_id, cookie_hash, check_hash, folder, location, now.
insert into exchange_session (key_id, cookie_hash, check_hash, folder, place, began_at, seen_at)
values (%(key_id)s, %(cookie_hash)s, %(check_hash)s, %(folder)s, %(location)s, %(now)s, %(now)s)
returning session_id
