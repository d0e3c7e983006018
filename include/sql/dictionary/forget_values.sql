-- Make room for a new reading of a category's values. Parameters: marketplace, category_id, type_id.
delete from dictionary_value
where marketplace = %(marketplace)s and category_id = %(category_id)s and type_id = %(type_id)s
