-- What the workbook is about. Parameters: adoption_id. Reads only.
select adoption_id, account, state, began_at, finished_at, counts, error
from adoption
where adoption_id = %(adoption_id)s
