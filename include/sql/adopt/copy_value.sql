-- Prices and stocks, page by page.
copy cabinet_value (channel, external_id, warehouse, amount, old, floor, text, state) from stdin
