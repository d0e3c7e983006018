-- Actions that are over: what was planned in them is closed, and nobody is in. What is being sent ends by itself first.
-- Parameters: account, actions, now.
with closed as (
    update change as c
    set state = 'superseded', finished_at = %(now)s
    from offer as o
    where
        o.offer_id = c.offer_id and o.account = %(account)s
        and c.channel = 'promotion' and c.warehouse = any(%(actions)s::text[]) and c.state in ('planned', 'held')
)

update offer_channel as oc
set confirmed_amount = null, confirmed_old = null, in_doubt = false, settled_version = oc.due_version
from offer as o
where
    o.offer_id = oc.offer_id and o.account = %(account)s
    and oc.channel = 'promotion' and oc.warehouse = any(%(actions)s::text[])
    and (oc.confirmed_amount is not null or oc.in_doubt)
    and not exists (
        select 1
        from change as c
        where
            c.offer_id = oc.offer_id and c.channel = 'promotion' and c.warehouse = oc.warehouse and c.state = 'sent'
    )
