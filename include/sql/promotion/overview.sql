-- The actions of an account for a person: dates, whether accounts.yaml chose them, how many of our goods may enter,
-- are in, at which prices, and how many the terms keep out. Of ours is known what is in chosen actions and in those
-- that we are in. Parameters: account.
select
    a.action,
    a.title,
    a.starts_at,
    a.ends_at,
    a.frozen_at,
    a.moves_price,
    a.listed,
    a.setting,
    a.candidates,
    a.members,
    a.read_at,
    coalesce(c.ours, 0) as ours,
    coalesce(c.ours_in, 0) as ours_in,
    coalesce(c.automatic, 0) as automatic,
    coalesce(k.confirmed, 0) as confirmed,
    k.lowest,
    k.highest,
    coalesce(r.kept_out, 0) as kept_out
from promotion as a
left join lateral (
    select
        count(*) as ours,
        count(*) filter (where pc.joined) as ours_in,
        count(*) filter (where pc.by_itself) as automatic
    from promotion_candidate as pc
    inner join offer as o on pc.account = o.account and pc.external_id = o.external_id
    where pc.account = a.account and pc.action = a.action
) as c on true
left join lateral (
    select
        count(*) as confirmed,
        min(oc.confirmed_amount) as lowest,
        max(oc.confirmed_amount) as highest
    from offer_channel as oc
    inner join offer as o on oc.offer_id = o.offer_id and o.account = a.account
    where oc.channel = 'promotion' and oc.warehouse = a.action and oc.confirmed_amount is not null
) as k on true
left join lateral (
    select count(*) as kept_out
    from refusal as f
    inner join offer as o on f.offer_id = o.offer_id and o.account = a.account
    where f.channel = 'promotion' and f.warehouse = a.action
) as r on true
where a.account = %(account)s
order by a.place nulls last, a.starts_at, a.action
