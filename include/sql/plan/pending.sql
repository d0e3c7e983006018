-- What differs from what was confirmed, is due, or is in doubt; with the guard that holds it, filled in later.
-- A value that a person has released is marked with the verdict.
-- Parameters: account, channel, full (everything counts as different), now. Reads desired, makes pending.
create temporary table pending on commit drop as
select
    d.offer_id,
    d.warehouse,
    oc.confirmed_amount as from_amount,
    coalesce(oc.confirmed_amount, oc.observed_amount) as reference,
    d.amount,
    d.old,
    d.floor,
    d.store_floor,
    d.currency,
    d.hash,
    oc.confirmed_text as from_text,
    d.text,
    d.exchange_id,
    d.price_rule,
    d.origin,
    case
        when oc.confirmed_at is null then 'new'
        when oc.in_doubt then 'doubt'
        when
            (d.amount, d.old, d.hash, d.text)
            is distinct from (oc.confirmed_amount, oc.confirmed_old, oc.confirmed_hash, oc.confirmed_text)
            or (d.floor is not null and d.floor is distinct from oc.confirmed_floor)
            then 'changed'
        when oc.due_version > oc.settled_version then 'healed'
        else 'full'
    end as why,
    v.release_id,
    null::text as guard
from desired as d
left join offer_channel as oc
    on d.offer_id = oc.offer_id and oc.channel = %(channel)s and d.warehouse = oc.warehouse
left join refusal as r
    on
        d.offer_id = r.offer_id and r.channel = %(channel)s and d.warehouse = r.warehouse
        and r.origin = 'marketplace'
        and (r.amount, r.old, r.floor, r.hash, r.text)
        is not distinct from (d.amount, d.old, d.floor, d.hash, d.text)
        and (r.again_at is null or r.again_at > %(now)s)
left join release as v
    on
        d.offer_id = v.offer_id and v.channel = %(channel)s and d.warehouse = v.warehouse
        and v.verdict = 'released' and v.expires_at > %(now)s
        and (v.to_amount, v.to_old, v.to_floor, v.to_hash, v.to_text)
        is not distinct from (d.amount, d.old, d.floor, d.hash, d.text)
where
    (
        %(full)s
        or oc.confirmed_at is null
        or oc.in_doubt
        or oc.due_version > oc.settled_version
        or (d.amount, d.old, d.hash, d.text)
        is distinct from (oc.confirmed_amount, oc.confirmed_old, oc.confirmed_hash, oc.confirmed_text)
        or (d.floor is not null and d.floor is distinct from oc.confirmed_floor)
    )
    and (r.offer_id is null or coalesce(oc.due_version > oc.settled_version, false))
    and not exists (select 1 from offer_freeze as f where f.offer_id = d.offer_id)
    -- a price in quarantine is raised again only by a person
    and not exists (
        select 1
        from price_quarantine as q
        where
            q.offer_id = d.offer_id and q.channel = %(channel)s and q.ended_at is null and q.amount = d.amount
    )
