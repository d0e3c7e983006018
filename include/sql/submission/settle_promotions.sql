-- What a promotion's answer says of the ordinary price, where the action moves it: entering put the action's price in
-- its place, leaving brought the ordinary one back. One that could not be let out because its ordinary price is within
-- the limit is in at that price; one that was thrown out at a price of ours is out, and its price is in doubt.
-- Parameters: account, now. Reads settled.
with answered as (
    select s.*, a.moves_price
    from settled as s
    inner join promotion as a on a.account = %(account)s and s.warehouse = a.action
),

remembered as (
    insert into promotion_return as r (offer_id, ordinary, action_amount)
    select s.offer_id, p.confirmed_amount, s.to_amount
    from answered as s
    inner join offer_channel as p on s.offer_id = p.offer_id and p.channel = 'price' and p.warehouse = ''
    where s.moves_price and s.result = 'confirmed' and s.to_amount is not null and p.confirmed_amount is not null
    on conflict (offer_id) do update
    set
        -- an action's price that replaces another's leaves what was before them
        ordinary = case when r.action_amount = excluded.ordinary then r.ordinary else excluded.ordinary end,
        action_amount = excluded.action_amount
),

inside as (
    update offer_channel as oc
    set confirmed_amount = case when s.code = 'still_inside' then s.to_old end
    from answered as s
    where
        s.result = 'rejected' and s.moves_price and s.code in ('still_inside', 'thrown_out')
        and oc.offer_id = s.offer_id and oc.channel = s.channel and oc.warehouse = s.warehouse
)

update offer_channel as p
set
    confirmed_amount = case when s.code is distinct from 'thrown_out' then coalesce(s.to_amount, s.to_old)
        else p.confirmed_amount end,
    in_doubt = p.in_doubt or s.code is not distinct from 'thrown_out',
    sent_at = greatest(p.sent_at, s.sent_at)
from answered as s
where
    s.moves_price and (s.result = 'confirmed' or s.code in ('still_inside', 'thrown_out'))
    and coalesce(s.to_amount, s.to_old) is not null
    and p.offer_id = s.offer_id and p.channel = 'price' and p.warehouse = ''
