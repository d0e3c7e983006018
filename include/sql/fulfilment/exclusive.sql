-- One run of an account's work at a time; held until this session ends. Parameters: account.
select pg_try_advisory_lock(hashtextextended('fulfilment/' || %(account)s, 0)) as taken
