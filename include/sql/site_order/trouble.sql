-- What came of putting an order into the shop: again later (waiting, sending), or not without a change (refused).
-- Parameters: posting_id, state, not_before, error, now.
update site_order
set
    state = %(state)s, not_before = %(not_before)s, error = %(error)s, changed_at = %(now)s,
    in_doubt = %(state)s = 'sending'
where posting_id = %(posting_id)s
