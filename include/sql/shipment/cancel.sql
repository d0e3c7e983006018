-- Ask for the cancellation of a shipment; one that the carrier was never asked for is over at once.
-- Parameters: posting_id, asked_by, now.
update shipment
set
    state = case when state = 'waiting' then 'cancelled' else state end,
    cancel_asked_at = %(now)s,
    cancel_asked_by = %(asked_by)s,
    cancel_answer = null,
    not_before = null,
    changed_at = %(now)s
where posting_id = %(posting_id)s and state in ('waiting', 'asked', 'pending', 'accepted')
