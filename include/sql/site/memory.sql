-- What is remembered of a portal. Parameters: portal.
select goods_since, prices_since, stock_hash, changes_hash, full_at, properties, sections, enums
from site_memory
where portal = %(portal)s
