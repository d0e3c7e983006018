-- An order is about to be put into the shop: from here on it may be there. Not again before `not_before`, so that a
-- late effect of this call is over when the shop is asked for it. Parameters: posting_id, version, not_before, now.
update site_order
set
    state = 'sending', in_doubt = true, attempts = attempts + 1, tried_version = %(version)s,
    not_before = %(not_before)s, changed_at = %(now)s
where posting_id = %(posting_id)s
