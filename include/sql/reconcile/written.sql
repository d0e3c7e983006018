-- Where a reconciliation's workbook lies. Parameters: reconciliation_id, workbook.
update reconciliation
set workbook = %(workbook)s, state = 'done'
where reconciliation_id = %(reconciliation_id)s
