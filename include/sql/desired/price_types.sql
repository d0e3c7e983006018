-- The store's price types.
select name from price_type
