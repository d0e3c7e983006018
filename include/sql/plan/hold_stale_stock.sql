-- Hold what would show more pieces than are known to be shown, while the store's data is old. Parameters: channel.
-- Reads pending.
update pending as p
set guard = 'stock_stale'
where
    p.guard is null and p.release_id is null
    and p.amount > coalesce((
        select
            case
                when oc.observed_at > oc.confirmed_at then least(oc.confirmed_amount, oc.observed_amount)
                else coalesce(oc.confirmed_amount, oc.observed_amount)
            end
        from offer_channel as oc
        where oc.offer_id = p.offer_id and oc.channel = %(channel)s and oc.warehouse = p.warehouse
    ), 0)
