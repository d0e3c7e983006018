-- A warehouse that does not list an offer's card has none of it. Parameters: account, warehouses, reconciliation_id.
-- Fills seen, for offers that take stock and whose cards were seen in this reconciliation.
insert into seen (offer_id, external_id, article, warehouse, amount, state)
select o.offer_id, o.external_id, o.article, w.warehouse, 0, 'shown'
from offer as o
cross join unnest(%(warehouses)s::text[]) as w (warehouse)
where
    o.account = %(account)s and o.state = 'ready'
    and exists (
        select 1
        from observation as v
        where
            v.reconciliation_id = %(reconciliation_id)s and v.external_id = o.external_id and v.channel <> 'stock'
    )
    and not exists (
        select 1 from seen as s where s.offer_id = o.offer_id and s.warehouse = w.warehouse
    )
