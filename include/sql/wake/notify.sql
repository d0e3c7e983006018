-- Wake whoever waits for what happened; delivered when this transaction commits. Parameters: payload.
select pg_notify('marketsync_store', %(payload)s)
