-- Pictures that were seen for the first time. Parameters: now. Reads verdict.
insert into picture (hash, type, width, height, bytes, checked_at)
select distinct on (hash) hash, type, width, height, bytes, %(now)s
from verdict
where hash is not null
order by hash
on conflict (hash) do nothing
