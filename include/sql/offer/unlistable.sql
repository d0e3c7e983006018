-- Remember what stands in a marked good's way; since when is kept. Parameters: account, now, messages (code -> text).
insert into unlistable (account, product_id, code, field, message, since)
select
    %(account)s,
    product_id,
    code,
    'article',
    format(%(messages)s::jsonb ->> code, article),
    %(now)s
from candidate
where code is not null
on conflict (account, product_id) do update
set code = excluded.code, message = excluded.message
