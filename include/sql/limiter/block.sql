-- Nobody takes `key` for the next `seconds`; an earlier, longer block stays. Running it twice changes nothing more.
insert into rate_limit (limit_key, blocked_until)
values (%(key)s, extract(epoch from clock_timestamp()) + %(seconds)s)
on conflict (limit_key) do update
set blocked_until = greatest(rate_limit.blocked_until, excluded.blocked_until)
