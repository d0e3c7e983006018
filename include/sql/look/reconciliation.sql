-- The last reconciliation of an account. Parameters: account.
select reconciliation_id, state, counts, workbook, began_at
from reconciliation
where account = %(account)s
order by reconciliation_id desc
limit 1
