-- The values that attributes may take. Parameters: marketplace.
select category_id, type_id, attribute_id, value_id, value
from dictionary_value
where marketplace = %(marketplace)s
order by category_id, type_id, attribute_id, value_id
