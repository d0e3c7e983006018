-- An adoption's end. Parameters: adoption_id, state, counts, error, now.
update adoption
set state = %(state)s, counts = %(counts)s, error = %(error)s, finished_at = %(now)s
where adoption_id = %(adoption_id)s
