-- The prices that cards may start with. Reads opening_price.
select offer_id, amount, old, floor from opening_price
