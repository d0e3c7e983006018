-- Tell whoever listens, when this transaction commits. Parameters: channel, payload.
select pg_notify(%(channel)s, %(payload)s)
