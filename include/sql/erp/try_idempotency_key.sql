-- Whether no other call with this key is at work; ours until the transaction ends. Parameters: key_id, idempotency_key.
select pg_try_advisory_xact_lock(hashtextextended(%(key_id)s::text || '/' || %(idempotency_key)s, 1)) as free
