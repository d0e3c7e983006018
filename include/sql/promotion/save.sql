-- One action as it was read.
-- Parameters: account, action, title, starts_at, ends_at, frozen_at, moves_price, candidates, members, place, setting,
--   read_at.
insert into promotion as p (
    account, action, title, starts_at, ends_at, frozen_at, moves_price, candidates, members, listed, place, setting,
    read_at
)
values (
    %(account)s, %(action)s, %(title)s, %(starts_at)s, %(ends_at)s, %(frozen_at)s, %(moves_price)s, %(candidates)s,
    %(members)s, true, %(place)s, %(setting)s, %(read_at)s
)
on conflict (account, action) do update
set
    title = excluded.title,
    starts_at = excluded.starts_at,
    ends_at = excluded.ends_at,
    frozen_at = excluded.frozen_at,
    moves_price = excluded.moves_price,
    candidates = excluded.candidates,
    members = excluded.members,
    listed = true,
    place = excluded.place,
    setting = excluded.setting,
    read_at = excluded.read_at
