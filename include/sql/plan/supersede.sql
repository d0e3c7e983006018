-- Close open changes that are no longer what is wanted: other values, another verdict of the guards, or nothing to do.
-- What is being sent stays. Parameters: account, channel, now, approving (every change waits for a person).
-- Reads pending and desired.
update change as c
set state = 'superseded', finished_at = %(now)s
from offer as o
where
    o.offer_id = c.offer_id and o.account = %(account)s
    and c.channel = %(channel)s and c.state in ('planned', 'held')
    and not exists (
        select 1
        from pending as p
        where
            p.offer_id = c.offer_id and p.warehouse = c.warehouse
            and (p.amount, p.old, p.floor, p.hash, p.text, p.guard, p.release_id)
            is not distinct from (c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text, c.guard, c.release_id)
    )
    -- a full export is wanted though nothing differs
    and not exists (
        select 1
        from desired as d
        where
            c.why = 'full' and d.offer_id = c.offer_id and d.warehouse = c.warehouse
            and (d.amount, d.old, d.floor, d.hash, d.text)
            is not distinct from (c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text)
            and case c.state
                when 'held' then %(approving)s and c.guard = 'approve'
                else c.release_id is null or exists (
                    select 1
                    from release as r
                    where r.release_id = c.release_id and r.expires_at > %(now)s
                )
            end
    )
