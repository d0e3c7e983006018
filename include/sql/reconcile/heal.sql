-- Make the differences due again that somebody made in the cabinet, at most so many of one reconciliation.
-- Parameters: account, reconciliation_id, at_most. Prices and stocks first: they cost money at once.
with chosen as (
    select difference_id, offer_id, channel, warehouse
    from difference
    where
        reconciliation_id = %(reconciliation_id)s and cause = 'changed_there' and field <> 'state'
        and offer_id is not null
    order by (channel = 'card'), difference_id
    limit %(at_most)s
),

due as (
    update offer_channel as oc
    set due_version = oc.due_version + 1
    from (select distinct offer_id, channel, warehouse from chosen) as h
    where
        h.offer_id = oc.offer_id and h.channel = oc.channel and h.warehouse = oc.warehouse
        and oc.due_version = oc.settled_version
)

update difference as d
set healed = true
from chosen as h
where h.difference_id = d.difference_id
