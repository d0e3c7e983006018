-- Drop every day before `day` (UTC). Running it twice drops nothing more.
select drop_call_partitions(%(day)s) as dropped
