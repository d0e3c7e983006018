-- What the reconciliation of orders came to; null where the account takes none. Reads only.
-- Parameters: reconciliation_id.
select counts -> 'orders' as orders
from reconciliation
where reconciliation_id = %(reconciliation_id)s
