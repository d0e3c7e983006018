-- Orders heard of for the first time get their row; written in one order, so that two writers never wait for each other
-- in a circle. Parameters: account, numbers, now.
insert into posting (account, number, status, status_there, received_at, changed_at)
select %(account)s, n.number, 'unknown', '', %(now)s, %(now)s
from unnest(%(numbers)s::text[]) as n (number)
order by n.number
on conflict (account, number) do nothing
