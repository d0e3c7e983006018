-- Links that nobody has asked about for long, and pictures that no link leads to. Parameters: before.
with gone as (
    delete from picture_link where checked_at < %(before)s returning hash
)

delete from picture as p
using gone as g
where
    p.hash = g.hash
    and not exists (select 1 from picture_link as l where l.hash = p.hash and l.checked_at >= %(before)s)
