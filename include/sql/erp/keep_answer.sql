-- What was answered to a call with this key. Parameters: key_id, idempotency_key, request_hash, status, body,
-- media_type, now.
insert into erp_answer (key_id, idempotency_key, request_hash, status, body, media_type, asked_at)
select
    k.key_id,
    %(idempotency_key)s,
    %(request_hash)s,
    %(status)s,
    %(body)s,
    %(media_type)s,
    %(now)s
from erp_key as k
where k.key_id = %(key_id)s
