-- Attributes, streamed.
copy dictionary_attribute (
    marketplace, category_id, type_id, attribute_id, name, required, collection, dictionary_id, complex_id,
    max_values, complex_collection, read_at
) from stdin
