-- Parameters: before.
delete from exchange_session
where ended_at < %(before)s
