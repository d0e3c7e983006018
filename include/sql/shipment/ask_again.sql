-- A shipment that the carrier refused, or that was cancelled, is asked for anew; after a cancellation under another
-- number, for the carrier knows the old one. Parameters: posting_id, carrier, pickup_date, asked, asked_by, now.
update shipment
set
    carrier = %(carrier)s,
    our_number = case when state = 'refused' then our_number else 'M' || posting_id || '-' || (round + 1) end,
    round = case when state = 'refused' then round else round + 1 end,
    their_number = null,
    pickup_date = %(pickup_date)s,
    state = 'waiting',
    asked = %(asked)s,
    asked_by = %(asked_by)s,
    status_there = null,
    error = null,
    troubles = 0,
    not_before = null,
    stage = null,
    tracked_at = null,
    cancel_asked_at = null,
    cancel_asked_by = null,
    cancel_answer = null,
    label_file = null,
    label_not_before = null,
    changed_at = %(now)s
where posting_id = %(posting_id)s and state in ('refused', 'cancelled')
