-- The end of a run: the next one need not wait until this session is gone. Parameters: account.
select pg_advisory_unlock(hashtextextended('fulfilment/' || %(account)s, 0))
