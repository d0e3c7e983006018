-- Forget old adoptions; what they took over and what waits for a person stays. Parameters: before.
delete from adoption
where began_at < %(before)s
returning account, adoption_id
