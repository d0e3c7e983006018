-- Which offers are wanted: marked in the store and not deleted there; and since when one is not.
-- Parameters: account, property (null: every good), values, now. Can run again: only rows that differ are touched.
update offer as o
set wanted = m.wanted, unwanted_since = case when m.wanted then null else %(now)s::timestamptz end
from (
    select
        product_id,
        not deleted and coalesce(
            %(property)s::text is null or properties ->> %(property)s::text = any(%(values)s::text[]), false
        ) as wanted
    from sellable
) as m
where o.account = %(account)s and m.product_id = o.product_id and o.wanted <> m.wanted
