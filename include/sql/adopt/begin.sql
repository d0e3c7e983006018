-- An adoption starts; its time is taken before the first page is read. Parameters: account, now.
insert into adoption (account, state, began_at)
values (%(account)s, 'reading', %(now)s)
returning adoption_id
