-- What is wrong now; since when is kept while it is the same. Parameters: now. Reads picture_told.
insert into picture_problem as p (offer_id, origin, position, url, code, message, since, again_at)
select offer_id, 'check', position, url, code, message, %(now)s, again_at
from picture_told
on conflict (offer_id, origin, position) do update
set
    since = case
        when (p.url, p.code) is distinct from (excluded.url, excluded.code) then excluded.since else p.since
    end,
    url = excluded.url, code = excluded.code, message = excluded.message, again_at = excluded.again_at
where
    (p.url, p.code, p.message, p.again_at)
    is distinct from (excluded.url, excluded.code, excluded.message, excluded.again_at)
