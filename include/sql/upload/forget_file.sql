-- The parts of a file that is begun anew. Parameters: session_id, batch, file.
delete from exchange_part
where session_id = %(session_id)s and batch = %(batch)s and file = %(file)s
