-- What was answered to a call with this key. Reads only. Parameters: key_id, idempotency_key.
select
    request_hash,
    status,
    body,
    media_type
from erp_answer
where key_id = %(key_id)s and idempotency_key = %(idempotency_key)s
