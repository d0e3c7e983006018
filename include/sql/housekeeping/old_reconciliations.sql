-- Forget old reconciliations, with what they observed. Parameters: before.
delete from reconciliation
where began_at < %(before)s
returning account, reconciliation_id
