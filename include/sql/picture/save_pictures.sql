-- Pictures that were seen for the first time. Parameters: now. Reads picture_verdict.
insert into picture (hash, type, width, height, bytes, checked_at)
select distinct on (hash) hash, type, width, height, bytes, %(now)s
from picture_verdict
where hash is not null
order by hash
on conflict (hash) do nothing
