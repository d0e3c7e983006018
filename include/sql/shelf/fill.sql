-- Which cards should lie in the archive, and which should be shown, where that may have to change.
-- Parameters: account, channel, offers (null: all), archives (whether cards of goods that are not wanted go there),
--   archive_after (seconds), warehouses (the marketplace's, mapped), now. Fills desired.
-- A card goes only once every mapped warehouse has confirmed that none of it is left.
insert into desired (offer_id, warehouse, text, exchange_id)
select
    o.offer_id,
    '',
    case when not o.wanted and (%(archives)s or o.state = 'archived') then 'archived' else 'shown' end,
    p.exchange_id
from offer as o
inner join product as p using (product_id)
left join offer_channel as oc on o.offer_id = oc.offer_id and oc.channel = %(channel)s
where
    o.account = %(account)s and o.state in ('listed', 'ready', 'archived') and o.external_id is not null
    and (%(offers)s::bigint[] is null or o.offer_id = any(%(offers)s::bigint[]))
    and (
        oc.in_doubt
        or (o.wanted and (o.state = 'archived' or oc.due_version > oc.settled_version))
        or (
            not o.wanted and %(archives)s
            and (o.state <> 'archived' or oc.due_version > oc.settled_version)
            and o.unwanted_since <= %(now)s::timestamptz - make_interval(secs => %(archive_after)s)
            and not exists (
                select 1
                from unnest(%(warehouses)s::text[]) as w (warehouse)
                left join offer_channel as stocked
                    on
                        o.offer_id = stocked.offer_id and stocked.channel = 'stock'
                        and w.warehouse = stocked.warehouse
                where
                    (o.state = 'ready' and stocked.confirmed_amount is distinct from 0)
                    or stocked.confirmed_amount > 0
                    or stocked.in_doubt
                    or (stocked.observed_amount > 0 and stocked.observed_at > stocked.confirmed_at)
            )
        )
    )
