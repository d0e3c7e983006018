-- The plan's changes; what is open already (the same value) is left as it is.
-- Parameters: plan_id, channel, bulk (a full export goes last).
insert into change (
    plan_id, offer_id, channel, warehouse, from_amount, to_amount, to_old, to_floor, currency, to_hash,
    from_text, to_text, why, lane, exchange_id, price_rule, state, guard, release_id, origin
)
select
    %(plan_id)s,
    p.offer_id,
    %(channel)s,
    p.warehouse,
    p.from_amount,
    p.amount,
    p.old,
    p.floor,
    p.currency,
    p.hash,
    p.from_text,
    p.text,
    p.why,
    case
        when p.origin = 'stop' then 0
        when p.hash is null and p.old is null and p.amount = 0 and p.from_amount > 0 then 0
        when p.hash is null and p.old is null and p.amount < p.from_amount then 3
        when %(bulk)s and p.why = 'full' then 9
        else 5
    end,
    p.exchange_id,
    p.price_rule,
    case when p.guard is null then 'planned' else 'held' end,
    p.guard,
    p.release_id,
    p.origin
from pending as p
on conflict (offer_id, channel, warehouse) where state in ('planned', 'held', 'sent') do nothing
