-- Who decided on a request last; one that was closed before takes the new verdict as its state.
-- Parameters: request_id, verdict, author, reason, now, changed (whether anything was decided).
update hold_request
set
    state = case when state <> 'open' and %(changed)s then %(verdict)s else state end,
    decided_at = case when %(changed)s then %(now)s else decided_at end,
    author = case when %(changed)s then %(author)s else author end,
    reason = case when %(changed)s then %(reason)s else reason end,
    asked_until = null
where request_id = %(request_id)s
