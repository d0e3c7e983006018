-- A marketplace's categories. Parameters: marketplace.
select category_id, type_id, category_name, type_name, disabled
from dictionary_category
where marketplace = %(marketplace)s
order by category_id, type_id
