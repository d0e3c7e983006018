-- Goods and variants that a reading met. Parameters: portal, rows.
insert into site_item (portal, list, item_id, parent_id, xml_id, stamp, pictures)
select %(portal)s, r.list, r.item_id, r.parent_id, r.xml_id, r.stamp, r.pictures
from jsonb_to_recordset(%(rows)s) as r (
    list text, item_id bigint, parent_id bigint, xml_id text, stamp text, pictures text[]
)
on conflict (portal, list, item_id) do update
set
    parent_id = excluded.parent_id, xml_id = excluded.xml_id, stamp = excluded.stamp,
    pictures = excluded.pictures
