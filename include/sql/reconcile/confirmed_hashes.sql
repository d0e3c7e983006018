-- The confirmed documents' hashes by article, to keep the fields only of those that differ.
-- Parameters: account, channel.
select o.article, oc.confirmed_hash as hash
from offer as o
inner join offer_channel as oc on oc.offer_id = o.offer_id and oc.channel = %(channel)s
where o.account = %(account)s and oc.confirmed_hash is not null
