-- A person says what good a marketplace's article is. Parameters: account, article, product_id, author, now.
insert into order_article (account, article, product_id, author, since)
values (%(account)s, %(article)s, %(product_id)s, %(author)s, %(now)s)
on conflict (account, article) do update
set product_id = excluded.product_id, author = excluded.author, since = excluded.since
