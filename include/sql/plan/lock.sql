-- One plan of a channel at a time. Parameters: account, channel. Released when the transaction ends.
select pg_advisory_xact_lock(hashtextextended('plan/' || %(account)s || '/' || %(channel)s, 0))
