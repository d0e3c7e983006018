-- The links' verdicts. A link that leads to nothing keeps what it led to last. Parameters: now. Reads picture_verdict.
insert into picture_link as l (
    url, hash, first_hash, etag, modified, state, code, message, failures, checked_at, again_at
)
select
    url, hash, hash, etag, modified, case when code is null then 'good' else 'bad' end, code, message,
    case when code is null then 0 else 1 end, %(now)s, again_at
from picture_verdict
where not same or exists (select 1 from picture_link as known where known.url = picture_verdict.url)
on conflict (url) do update
set
    hash = coalesce(excluded.hash, l.hash),
    first_hash = coalesce(l.first_hash, excluded.hash),
    etag = case when excluded.hash is null then l.etag else excluded.etag end,
    modified = case when excluded.hash is null then l.modified else excluded.modified end,
    state = excluded.state,
    code = excluded.code,
    message = excluded.message,
    failures = case when excluded.state = 'good' then 0 else l.failures + 1 end,
    checked_at = excluded.checked_at,
    again_at = excluded.again_at
