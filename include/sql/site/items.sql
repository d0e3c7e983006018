-- Every good and variant that is known of a portal. Parameters: portal.
select list, item_id, parent_id, xml_id, stamp, pictures
from site_item
where portal = %(portal)s
