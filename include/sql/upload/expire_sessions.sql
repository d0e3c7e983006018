-- Sessions that were silent for long take no more. Parameters: before, now.
update exchange_session
set ended_at = %(now)s
where ended_at is null and seen_at < %(before)s
returning session_id, folder, place
