-- Release at once: the server would do it some time after the connection has closed, and the next import would find
-- the lock taken. Parameters: key.
select pg_advisory_unlock(%(key)s)
