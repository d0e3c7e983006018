-- Who is not listed in an action that was read is not in it. Parameters: account, channel, places. Fills seen.
insert into seen (offer_id, external_id, article, warehouse, amount, state)
select oc.offer_id, o.external_id, o.article, oc.warehouse, null, 'shown'
from offer_channel as oc
inner join offer as o on oc.offer_id = o.offer_id and o.account = %(account)s
where
    oc.channel = %(channel)s and oc.warehouse = any(%(places)s::text[])
    and not exists (
        select 1 from seen as s where s.offer_id = oc.offer_id and s.warehouse = oc.warehouse
    )
