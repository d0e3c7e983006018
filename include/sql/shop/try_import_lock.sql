-- The lock of whoever imports, held as long as its connection lives. Parameters: key.
select pg_try_advisory_lock(%(key)s) as taken
