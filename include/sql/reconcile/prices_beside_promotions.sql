-- While an action that moves the ordinary price is under way or in doubt, so is the price. Parameters:
--   reconciliation_id, account, began_at, visible_after (seconds).
update difference as d
set cause = 'in_flight'
from offer_channel as oc, promotion as a
where
    d.reconciliation_id = %(reconciliation_id)s and d.channel = 'price' and d.cause in ('stale_here', 'changed_there')
    and oc.offer_id = d.offer_id and oc.channel = 'promotion'
    and a.account = %(account)s and a.action = oc.warehouse and a.moves_price
    and (
        oc.in_doubt
        or oc.sent_at + make_interval(secs => %(visible_after)s) > %(began_at)s::timestamptz
        or exists (
            select 1
            from change as c
            where
                c.offer_id = oc.offer_id and c.channel = 'promotion' and c.warehouse = oc.warehouse
                and c.state in ('planned', 'sent')
        )
    )
