-- A verdict on the values that match: earlier verdicts on them end, the changes become planned or stay held.
-- Parameters: request_id, account, verdict, author, reason, now, expires_at, never (guards whose values nobody can
--   release). Reads asked_item; returns how many were decided.
with decided as (
    select
        v.*,
        coalesce(v.guard, earlier.guard) as held_by
    from asked_item as v
    left join release as earlier on earlier.release_id = v.release_id
    where v.change_id is not null and (%(verdict)s = 'discarded' or v.guard <> all(%(never)s::text[]))
),

replaced as (
    update release as r
    set expires_at = %(now)s
    from decided as d
    where
        r.offer_id = d.offer_id and r.channel = d.channel and r.warehouse = d.warehouse and r.expires_at > %(now)s
        and (r.to_amount, r.to_old, r.to_floor, r.to_hash, r.to_text)
        is not distinct from (d.to_amount, d.to_old, d.to_floor, d.to_hash, d.to_text)
),

written as (
    insert into release (
        request_id, account, channel, offer_id, warehouse, to_amount, to_old, to_floor, to_hash, to_text,
        guard, verdict, author, reason, decided_at, expires_at
    )
    select
        %(request_id)s, %(account)s, channel, offer_id, warehouse, to_amount, to_old, to_floor, to_hash, to_text,
        held_by, %(verdict)s, %(author)s, %(reason)s, %(now)s, %(expires_at)s
    from decided
    returning release_id, offer_id, warehouse
),

ended as (
    update hold_item as i
    set ended = %(verdict)s, ended_at = %(now)s
    from decided as d
    where i.change_id = d.change_id and (i.ended is null or i.ended <> 'changed')
),

moved as (
    update change as c
    set
        state = case %(verdict)s when 'released' then 'planned' else 'held' end,
        guard = case %(verdict)s when 'released' then null else d.held_by end,
        release_id = case %(verdict)s when 'released' then w.release_id end,
        not_before = null
    from decided as d
    inner join written as w on w.offer_id = d.offer_id and w.warehouse = d.warehouse
    where c.change_id = d.change_id and c.state in ('held', 'planned')
    returning c.change_id
)

select count(*)::int as decided from moved
