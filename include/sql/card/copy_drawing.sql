-- What was rendered, streamed into drawing.
copy drawing (offer_id, source_hash, hash, code, field, message) from stdin
