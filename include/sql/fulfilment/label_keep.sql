-- An order's label; a newer file replaces it. Parameters: posting_id, file, hash, bytes, pages, completed_at, now.
insert into label (posting_id, file, hash, bytes, pages, completed_at, kept_at)
select
    posting_id,
    %(file)s,
    %(hash)s,
    %(bytes)s,
    %(pages)s,
    %(completed_at)s,
    %(now)s as kept_at
from posting
where posting_id = %(posting_id)s
on conflict (posting_id) do update
set
    file = excluded.file,
    hash = excluded.hash,
    bytes = excluded.bytes,
    pages = excluded.pages,
    completed_at = excluded.completed_at,
    kept_at = excluded.kept_at
