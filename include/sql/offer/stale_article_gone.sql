-- Forget that reason where it holds no longer. Parameters: account, channel (of the cards).
delete from refusal as r
using offer as o, sellable as s
where
    r.offer_id = o.offer_id and o.account = %(account)s and s.product_id = o.product_id
    and r.channel = %(channel)s and r.origin = 'store' and r.code = 'duplicate_article'
    and (o.state <> 'new' or s.article is not distinct from o.article or not o.wanted)
