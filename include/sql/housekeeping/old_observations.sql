-- Of each account only the last readings are kept row by row: what changed between readings is in seen_past.
-- Parameters: keep (how many).
delete from observation as v
using (
    select
        reconciliation_id,
        row_number() over (partition by account order by reconciliation_id desc) as place
    from reconciliation
) as r
where v.reconciliation_id = r.reconciliation_id and r.place > %(keep)s
