-- Cards, page by page.
copy cabinet_card (external_id, article, sku, barcodes, name, state, ready, hash, document) from stdin
