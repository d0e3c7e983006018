-- Why an offer without a card stays without one: its good's article belongs to another good.
-- Parameters: account, channel (of the cards), message, now. Other reasons that are known already stay.
insert into refusal (offer_id, channel, warehouse, origin, code, field, message, since)
select
    o.offer_id, %(channel)s, '', 'store', 'duplicate_article', 'article',
    format(%(message)s, coalesce(s.article, o.article)), %(now)s
from offer as o
inner join sellable as s using (product_id)
where o.account = %(account)s and o.state = 'new' and o.wanted and s.article is distinct from o.article
on conflict (offer_id, channel, warehouse) do nothing
