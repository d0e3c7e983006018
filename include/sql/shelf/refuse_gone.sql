-- Forget that reason where it holds no longer. Parameters: account, channel, archives.
delete from refusal as r
using offer as o
where
    r.offer_id = o.offer_id and o.account = %(account)s and r.channel = %(channel)s and r.origin = 'store'
    and (
        not %(archives)s or o.wanted or o.state = 'archived'
        or not exists (
            select 1 from refusal as stock where stock.offer_id = o.offer_id and stock.channel = 'stock'
        )
    )
