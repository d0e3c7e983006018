-- Parameters: session_id, batch, file, number, object, bytes, hash, head, now.
insert into exchange_part (session_id, batch, file, number, object, bytes, hash, head, received_at)
values (
    %(session_id)s, %(batch)s, %(file)s, %(number)s, %(object)s, %(bytes)s, %(hash)s, %(head)s, %(now)s
)
