-- What a decision covers. Parameters: never. Reads asked_item.
select
    count(*)::int as asked,
    count(change_id)::int as same,
    count(*) filter (where change_id is null and is_held)::int as held_otherwise,
    count(*) filter (where change_id is not null and guard = any(%(never)s::text[]))::int as never
from asked_item
