-- Forget the store's reasons that hold no longer. Parameters: account, channel. Reads article_step.
delete from refusal as r
using offer as o
where
    r.offer_id = o.offer_id and o.account = %(account)s and r.channel = %(channel)s and r.origin = 'store'
    and not exists (select 1 from article_step as s where s.offer_id = r.offer_id and s.problem is not null)
