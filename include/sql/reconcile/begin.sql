-- A reconciliation starts; its time is taken before the first page is read. Parameters: account, now.
insert into reconciliation (account, state, began_at)
values (%(account)s, 'reading', %(now)s)
returning reconciliation_id
