-- A problem with an entry of accounts.yaml; answers a row only where it is news.
-- Parameters: account, setting, code, message, now.
insert into promotion_problem as p (account, setting, code, message, since)
values (%(account)s, %(setting)s, %(code)s, %(message)s, %(now)s)
on conflict (account, setting) do update
set code = excluded.code, message = excluded.message, since = excluded.since
where p.code <> excluded.code or p.message <> excluded.message
returning p.setting
