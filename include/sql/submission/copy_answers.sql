-- The marketplace's answers, streamed into answer.
copy answer (
    offer_id, warehouse, result, again_at, waits_for, code, field, message, external_id, sku, sent_amount
) from stdin
