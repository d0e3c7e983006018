-- Take a table of price rules over. Parameters: mapping, source, version, rows (JSON), author, reason, now.
insert into price_rules (mapping, source, version, rows, author, reason, imported_at)
values (%(mapping)s, %(source)s, %(version)s, %(rows)s::jsonb, %(author)s, %(reason)s, %(now)s)
returning price_rules_id
