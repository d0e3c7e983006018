-- Which fields of each card are compared, and the hashes that are expected: of the store's fields as confirmed, of
-- those on ask as wanted. Parameters: account, channel.
select
    o.article,
    o.external_id,
    oc.confirmed_hash as hash,
    r.ask_hash,
    r.store_fields,
    r.ask_fields
from offer as o
inner join rendered as r on r.offer_id = o.offer_id and r.channel = %(channel)s
left join offer_channel as oc on oc.offer_id = o.offer_id and oc.channel = %(channel)s and oc.warehouse = ''
where o.account = %(account)s and r.store_fields is not null
