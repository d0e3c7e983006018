-- The products of one action, streamed into invited.
copy invited (external_id, max_price, recommended, min_stock, joined, amount, by_itself) from stdin
