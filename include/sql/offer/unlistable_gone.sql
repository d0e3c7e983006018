-- Forget obstacles that are no longer there. Parameters: account.
delete from unlistable as u
where
    u.account = %(account)s
    and not exists (
        select 1 from candidate as c where c.product_id = u.product_id and c.code = u.code
    )
