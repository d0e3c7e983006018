-- Where a rule does not let a price fall, or rise, what was confirmed stays, whole; of an offer whose price a promotion
-- has moved, the ordinary price before that.
-- Parameters: fall, rise (lines of the rules that do not let it). Changes desired.
update desired as d
set
    amount = coalesce(r.ordinary, oc.confirmed_amount),
    old = case
        when r.offer_id is null then oc.confirmed_old
        when d.amount > r.ordinary then d.old
        else 0
    end,
    floor = case when r.offer_id is null then oc.confirmed_floor end,
    wished = d.amount,
    kept = case when d.amount < coalesce(r.ordinary, oc.confirmed_amount) then 'fall' else 'rise' end
from offer_channel as oc
left join promotion_return as r on oc.offer_id = r.offer_id and oc.confirmed_amount = r.action_amount
where
    oc.offer_id = d.offer_id and oc.channel = 'price' and oc.warehouse = '' and oc.confirmed_amount > 0
    and (
        (d.price_rule = any(%(fall)s::int[]) and d.amount > 0 and d.amount < coalesce(r.ordinary, oc.confirmed_amount))
        or (d.price_rule = any(%(rise)s::int[]) and d.amount > coalesce(r.ordinary, oc.confirmed_amount))
    )
    -- a price in quarantine was confirmed, but is not in force
    and not exists (
        select 1 from price_quarantine as q where q.offer_id = d.offer_id and q.channel = 'price' and q.ended_at is null
    )
