-- What became of a reading of the site. Parameters: portal, state, began, finished, lag, price_type, price_type_name,
-- store_price_type, counts, error.
insert into site_reading (
    portal, state, began_at, finished_at, lag, price_type, price_type_name, store_price_type, counts, error
)
values (
    %(portal)s, %(state)s, %(began)s, %(finished)s, %(lag)s, %(price_type)s, %(price_type_name)s,
    %(store_price_type)s, %(counts)s, %(error)s
)
