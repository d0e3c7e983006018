-- A warning about an item that was taken. Parameters: offer_id, channel, code, field, message, now.
insert into offer_warning (offer_id, channel, code, field, message, seen_at)
values (%(offer_id)s, %(channel)s, %(code)s, %(field)s, %(message)s, %(now)s)
