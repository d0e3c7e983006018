-- One upload of a channel at a time; held until this session ends. Parameters: account, channel.
select pg_try_advisory_lock(hashtextextended('upload/' || %(account)s || '/' || %(channel)s, 0)) as taken
