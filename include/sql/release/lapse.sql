-- Nobody answered in time: what was asked is asked anew, under a number of its own where nothing else is open.
-- Parameters: request_id, as_of, now.
with answered as (
    update hold_request set asked_until = null where request_id = %(request_id)s
)

update hold_item
set ended = 'expired', ended_at = %(now)s
where request_id = %(request_id)s and ended is null and added_at <= %(as_of)s
