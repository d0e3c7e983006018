-- Picture files of a delivery; the newest delivery counts.
-- Parameters: paths, names, codes (parallel arrays; one of name and code is null), exchange_id, now. Can run again.
insert into media_file (path, name, code, exchange_id, kept_at)
select path, name, code, %(exchange_id)s, %(now)s
from unnest(%(paths)s::text[], %(names)s::text[], %(codes)s::text[]) as f (path, name, code)
on conflict (path) do update
set name = excluded.name, code = excluded.code, exchange_id = excluded.exchange_id, kept_at = excluded.kept_at
where (media_file.name, media_file.code) is distinct from (excluded.name, excluded.code)
