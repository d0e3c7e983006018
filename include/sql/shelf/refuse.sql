-- Cards that should go into the archive and cannot, for their stock is refused there.
-- Parameters: account, channel, archive_after (seconds), message (with places for warehouse and reason), now.
insert into refusal (offer_id, channel, warehouse, origin, code, field, message, text, since)
select distinct on (o.offer_id)
    o.offer_id, %(channel)s, '', 'store', 'stock_not_zero', 'stock',
    format(%(message)s, r.warehouse, r.message), 'archived', %(now)s
from offer as o
inner join refusal as r on r.offer_id = o.offer_id and r.channel = 'stock'
left join offer_channel as stocked
    on o.offer_id = stocked.offer_id and stocked.channel = 'stock' and r.warehouse = stocked.warehouse
where
    o.account = %(account)s and not o.wanted and o.state in ('listed', 'ready')
    and o.unwanted_since <= %(now)s::timestamptz - make_interval(secs => %(archive_after)s)
    and stocked.confirmed_amount is distinct from 0
order by o.offer_id, r.warehouse
on conflict (offer_id, channel, warehouse) do update
set
    since = case when refusal.code = excluded.code then refusal.since else excluded.since end,
    origin = excluded.origin, code = excluded.code, field = excluded.field, message = excluded.message,
    text = excluded.text, again_at = null
