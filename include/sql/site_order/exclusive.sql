-- One run at a time puts an account's orders into the shop; held until this session ends. Parameters: account.
select pg_try_advisory_lock(hashtextextended('site_order/' || %(account)s, 0)) as taken
