-- What was rendered, streamed into drawing.
copy drawing (
    offer_id, source_hash, hash, store_fields, ask_fields, ask_hash, same_values, ask_moved, ask_known,
    code, field, message
) from stdin
