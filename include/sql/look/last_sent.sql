-- When any value of some offers was sent last. Parameters: account, articles.
select max(oc.sent_at) as sent_at
from offer_channel as oc
inner join offer as o using (offer_id)
where o.account = %(account)s and o.article = any(%(articles)s::text[])
