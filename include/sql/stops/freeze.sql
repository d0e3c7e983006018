-- Parameters: offer_id, reason, author, now. No row: it was frozen before.
insert into offer_freeze (offer_id, reason, author, since)
values (%(offer_id)s, %(reason)s, %(author)s, %(now)s)
on conflict (offer_id) do nothing
returning offer_id
