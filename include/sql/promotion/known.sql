-- The actions of an account as last read. Parameters: account.
select
    action, title, starts_at, ends_at, frozen_at, moves_price, candidates, members, listed, place, setting, read_at
from promotion
where account = %(account)s
order by place nulls last, action
