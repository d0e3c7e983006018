-- Make room for a new reading of a category. Parameters: marketplace, category_id, type_id.
delete from dictionary_attribute
where marketplace = %(marketplace)s and category_id = %(category_id)s and type_id = %(type_id)s
