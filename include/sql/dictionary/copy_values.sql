-- Values, streamed.
copy dictionary_value (
    marketplace, category_id, type_id, attribute_id, value_id, value, read_at
) from stdin
