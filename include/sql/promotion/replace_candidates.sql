-- The products of one action are those just read; one that was read twice while it entered is in.
-- Parameters: account, action. Reads invited.
with read as (
    select distinct on (external_id) *
    from invited
    order by external_id, joined desc
),

gone as (
    delete from promotion_candidate as c
    where
        c.account = %(account)s and c.action = %(action)s
        and not exists (select 1 from read as r where r.external_id = c.external_id)
)

insert into promotion_candidate as c (
    account, action, external_id, max_price, recommended, min_stock, joined, amount, by_itself
)
select %(account)s, %(action)s, r.external_id, r.max_price, r.recommended, r.min_stock, r.joined, r.amount, r.by_itself
from read as r
on conflict (account, action, external_id) do update
set
    max_price = excluded.max_price,
    recommended = excluded.recommended,
    min_stock = excluded.min_stock,
    joined = excluded.joined,
    amount = excluded.amount,
    by_itself = excluded.by_itself
where
    (c.max_price, c.recommended, c.min_stock, c.joined, c.amount, c.by_itself)
    is distinct from
    (excluded.max_price, excluded.recommended, excluded.min_stock, excluded.joined, excluded.amount, excluded.by_itself)
