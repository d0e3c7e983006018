-- Stocks, page by page.
copy cabinet_stock (external_id, warehouse, amount) from stdin
