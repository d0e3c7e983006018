-- The shop has an order as it was at this version. Parameters: posting_id, version, external_id, status, now.
update site_order
set
    state = 'there', in_doubt = false, attempts = 0, not_before = null, error = null,
    external_id = %(external_id)s, status_there = %(status)s,
    sent_version = %(version)s, tried_version = %(version)s, changed_at = %(now)s
where posting_id = %(posting_id)s
