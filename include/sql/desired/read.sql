-- What is desired now, row by row. Reads desired.
select offer_id, warehouse, amount, old, floor, hash, text, origin from desired
