-- Hold the renames where too many come at once: a store that began to send something else as its articles.
-- Parameters: account, share, at_least. Reads pending.
with verdict as (
    select
        count(*) >= %(at_least)s
        and count(*) > %(share)s::numeric * (
            select count(*) from offer where account = %(account)s and state <> 'new'
        ) as too_many
    from article_mover
    where problem is null and not deleted
)

update pending as p
set guard = 'mass_rename'
from verdict as v
where v.too_many and p.guard is null and p.text is distinct from p.from_text
