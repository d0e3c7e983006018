-- Claims of one channel take turns: at once they would skip each other's rows and tear a last batch into several.
-- Parameters: account, channel. Released when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('claim/' || %(account)s || '/' || %(channel)s, 0))
