-- Categories, streamed.
copy dictionary_category (
    marketplace, category_id, type_id, category_name, type_name, disabled, read_at
) from stdin
