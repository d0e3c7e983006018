-- The ERP reported that the order left the store: what it counts from now on knows of that.
-- Parameters: posting_id, now.
with left_the_store as (
    update posting
    set shipped_at = coalesce(shipped_at, %(now)s)
    where posting_id = %(posting_id)s
)

update reservation
set shipped_after = coalesce(shipped_after, %(now)s), booked_after = coalesce(booked_after, %(now)s)
where posting_id = %(posting_id)s and ended_at is null
