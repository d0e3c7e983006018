-- The gallery of each offer: how many pictures the store lists (as many as fit), how many of them can be used, how many
-- were never looked at, and what would be sent. Reads offer_picture, makes offer_gallery.
create temporary table offer_gallery on commit drop as
select
    offer_id,
    count(*) filter (where code is distinct from 'beyond_limit')::int as listed,
    count(*) filter (where usable is true)::int as usable,
    count(*) filter (where waiting)::int as waiting,
    array_agg(link order by position) filter (where usable is true) as links,
    sha256(string_agg(hash, ''::bytea order by position) filter (where usable is true)) as hash
from offer_picture
group by offer_id
