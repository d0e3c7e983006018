-- Cards that belong to an offer already, by their id or by the article under which the offer is known.
-- Parameters: account. Reads cabinet_card and idle_offer, makes owned.
create temporary table owned on commit drop as
select c.external_id, min(o.offer_id) as offer_id
from offer as o
inner join cabinet_card as c on o.external_id = c.external_id
where o.account = %(account)s
group by c.external_id
union
select c.external_id, min(o.offer_id) as offer_id
from offer as o
inner join cabinet_card as c on o.article = c.article
where
    o.account = %(account)s
    and not exists (select 1 from idle_offer as idle where idle.offer_id = o.offer_id)
    and not exists (
        select 1 from offer as by_id where by_id.account = %(account)s and by_id.external_id = c.external_id
    )
group by c.external_id
