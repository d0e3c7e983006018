-- A request that holds nothing any more is closed; what became of its last values says how.
-- Parameters: account, channel, now.
update hold_request as q
set
    changed_at = %(now)s,
    asked_until = null,
    state = (
        select case
            when bool_or(i.ended = 'released') then 'released'
            when bool_or(i.ended = 'discarded') then 'discarded'
            when bool_or(i.ended = 'expired') then 'expired'
            else 'superseded'
        end
        from hold_item as i
        where i.request_id = q.request_id
    )
where
    q.account = %(account)s and q.channel = %(channel)s and q.state = 'open'
    and not exists (select 1 from hold_item as i where i.request_id = q.request_id and i.ended is null)
