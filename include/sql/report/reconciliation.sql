-- What the workbook is about. Parameters: reconciliation_id. Reads only.
select reconciliation_id, account, state, began_at, finished_at, error
from reconciliation
where reconciliation_id = %(reconciliation_id)s
