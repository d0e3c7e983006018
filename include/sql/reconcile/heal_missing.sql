-- Cards that vanished from the cabinet are made again: the offer starts anew, an adopted one as one of ours.
-- Parameters: reconciliation_id, at_most.
with chosen as (
    select d.difference_id, d.offer_id
    from difference as d
    where
        d.reconciliation_id = %(reconciliation_id)s and d.cause = 'missing_there' and d.field = 'card'
        and not exists (select 1 from change as c where c.offer_id = d.offer_id and c.state = 'sent')
    order by d.difference_id
    limit %(at_most)s
),

forgotten as (
    delete from offer_channel as oc using chosen as h where oc.offer_id = h.offer_id
),

unseen as (
    delete from card_seen as c using chosen as h where c.offer_id = h.offer_id
),

anew as (
    update offer as o
    set state = 'new', external_id = null, sku = null, adopted_at = null, adopted_by = null
    from chosen as h
    where o.offer_id = h.offer_id
)

update difference as d
set healed = true
from chosen as h
where h.difference_id = d.difference_id
