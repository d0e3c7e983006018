-- A read that began late enough after the last call tells what is there: it ends the doubt, and a card that turned
-- out to be there is listed.
-- Parameters: account, channel, began_at, visible_after (seconds), creates_cards, no_old (how "no struck price" is
--   confirmed: 0 of a price, null elsewhere). Reads seen.
with cleared as (
    update offer_channel as oc
    set
        in_doubt = false,
        confirmed_amount = s.amount,
        confirmed_old = coalesce(s.old, %(no_old)s::numeric),
        confirmed_floor = s.floor,
        confirmed_hash = s.hash,
        confirmed_text = s.text,
        confirmed_at = %(began_at)s::timestamptz
    from seen as s, offer as o
    where
        s.offer_id = oc.offer_id and s.warehouse = oc.warehouse and oc.channel = %(channel)s
        and o.offer_id = oc.offer_id and o.account = %(account)s
        and oc.in_doubt
        and s.state is distinct from 'quarantined'
        and oc.sent_at + make_interval(secs => %(visible_after)s) <= %(began_at)s::timestamptz
        and not exists (
            select 1 from change as c
            where
                c.offer_id = oc.offer_id and c.channel = oc.channel and c.warehouse = oc.warehouse
                and c.state = 'sent'
        )
    returning oc.offer_id, s.external_id, s.sku
)

update offer as o
set
    external_id = c.external_id,
    sku = coalesce(c.sku, o.sku),
    state = 'listed',
    listed_at = coalesce(o.listed_at, %(began_at)s::timestamptz)
from cleared as c
where %(creates_cards)s and o.offer_id = c.offer_id and o.state = 'new'
