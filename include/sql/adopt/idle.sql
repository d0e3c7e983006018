-- Offers of the account without a card, and without a call that may have made one. Parameters: account.
create temporary table idle_offer on commit drop as
select o.offer_id, o.product_id, o.article
from offer as o
where
    o.account = %(account)s and o.state = 'new'
    and not exists (select 1 from offer_channel as oc where oc.offer_id = o.offer_id and oc.in_doubt)
    and not exists (select 1 from change as c where c.offer_id = o.offer_id and c.state = 'sent')
