-- Forget changes that ended long ago. Parameters: before.
delete from change
where state in ('confirmed', 'rejected', 'superseded', 'discarded') and finished_at < %(before)s
