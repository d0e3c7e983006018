-- What a marketplace asks of its categories. Parameters: marketplace.
select category_id, type_id, attribute_id, name, required, collection, dictionary_id, complex_id, max_values,
    complex_collection
from dictionary_attribute
where marketplace = %(marketplace)s
order by category_id, type_id, attribute_id
