-- What the marketplace shows, page by page, streamed into observation.
copy observation (
    reconciliation_id, channel, warehouse, external_id, article, sku, barcode, name,
    amount, old, floor, reserved, hash, state, text, detail
) from stdin
