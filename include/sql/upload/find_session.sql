-- The open session of a cookie, or of a key and its sessid; none where the key was revoked or the session is old.
-- Marks it as seen. Parameters: cookie_hash, check_hash, key_id (either the first or the other two), since, now.
update exchange_session
set seen_at = %(now)s
from erp_key
where
    erp_key.key_id = exchange_session.key_id
    and erp_key.revoked_at is null
    and exchange_session.ended_at is null
    and exchange_session.seen_at >= %(since)s
    and (
        exchange_session.cookie_hash = %(cookie_hash)s::bytea
        or (exchange_session.check_hash = %(check_hash)s::bytea and exchange_session.key_id = %(key_id)s::bigint)
    )
returning
    exchange_session.session_id, exchange_session.key_id, exchange_session.folder, exchange_session.place,
    exchange_session.began_at, exchange_session.version, exchange_session.check_hash, erp_key.name as key_name,
    erp_key.scopes
