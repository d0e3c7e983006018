-- Offers whose floor is forgotten soon. Parameters: account, channel, before, limit.
select o.offer_id, o.article, o.external_id, o.sku
from offer_channel as oc
inner join offer as o using (offer_id)
left join floor_renewal as r using (offer_id)
where
    o.account = %(account)s and o.wanted and o.external_id is not null and o.state in ('listed', 'ready')
    and oc.channel = %(channel)s and oc.warehouse = '' and oc.confirmed_floor is not null
    and (r.renewed_at is null or r.renewed_at <= %(before)s)
order by o.offer_id
limit %(limit)s
