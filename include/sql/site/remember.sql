-- Where the next reading of a portal begins. Parameters: portal and all columns; a null full_at keeps the former one.
insert into site_memory (
    portal, goods_since, prices_since, stock_hash, changes_hash, full_at, properties, sections, enums, exchange_id
)
values (
    %(portal)s, %(goods_since)s, %(prices_since)s, %(stock_hash)s, %(changes_hash)s, %(full_at)s, %(properties)s,
    %(sections)s, %(enums)s, %(exchange_id)s
)
on conflict (portal) do update
set
    goods_since = excluded.goods_since, prices_since = excluded.prices_since, stock_hash = excluded.stock_hash,
    changes_hash = excluded.changes_hash,
    full_at = coalesce(excluded.full_at, site_memory.full_at), properties = excluded.properties,
    sections = excluded.sections, enums = excluded.enums, exchange_id = excluded.exchange_id
