-- Of each account only the last readings of orders are kept row by row; differences stay as long as their
-- reconciliation. Parameters: keep (how many).
delete from order_observation as v
using (
    select
        reconciliation_id,
        row_number() over (partition by account order by reconciliation_id desc) as place
    from reconciliation
) as r
where v.reconciliation_id = r.reconciliation_id and r.place > %(keep)s
