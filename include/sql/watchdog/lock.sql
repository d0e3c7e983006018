-- The lock of the one watchdog that watches; held as long as its connection lives.
select pg_try_advisory_lock(hashtextextended('watchdog', 0)) as taken
