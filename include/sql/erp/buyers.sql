-- Who receives these orders, as far as that is known. Reads only. Parameters: ids.
select
    posting_id,
    person
from buyer
where posting_id = any(%(ids)s)
