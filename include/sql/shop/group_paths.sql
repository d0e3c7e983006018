-- Paths from the root; a group whose parent is unknown counts as a root.
with recursive tree as (
    select g.guid, g.name as path
    from product_group as g
    where not exists (select from product_group as above where above.guid = g.parent_guid)
    union all
    select g.guid, tree.path || ' / ' || g.name
    from product_group as g
    inner join tree on g.parent_guid = tree.guid
)

update product_group
set path = tree.path
from tree
where product_group.guid = tree.guid and product_group.path <> tree.path
