-- The store's price types.
select price_type_id, name from price_type
