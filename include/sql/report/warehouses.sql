-- The marketplace's warehouses that the account's stocks are kept in or were seen in.
-- Parameters: reconciliation_id, account. Reads only.
select oc.warehouse
from offer_channel oc
join offer o using (offer_id)
where o.account = %(account)s and oc.channel = 'stock'
union
select warehouse
from observation
where reconciliation_id = %(reconciliation_id)s and channel = 'stock'
union
select warehouse
from difference
where reconciliation_id = %(reconciliation_id)s and channel = 'stock'
order by 1
