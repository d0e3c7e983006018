-- Parameters: account, offer_id (null: every offer), reason, author, now. No row: it was so before.
insert into sale_stop (account, offer_id, reason, author, since)
values (%(account)s, %(offer_id)s, %(reason)s, %(author)s, %(now)s)
on conflict (account, offer_id) do nothing
returning account
