-- One run of an account's work at a time; held until this session lets go of it, or ends. Parameters: account.
select pg_advisory_lock(hashtextextended('fulfilment/' || %(account)s, 0))
