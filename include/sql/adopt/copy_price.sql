-- Prices, page by page.
copy cabinet_price (external_id, amount, old, floor, state) from stdin
