-- What cannot be sent, by reason. Parameters: account.
select code, count(*) as n
from (
    select r.code
    from refusal as r
    inner join offer as o using (offer_id)
    where o.account = %(account)s
    union all
    select u.code
    from unlistable as u
    where u.account = %(account)s
) as reasons
group by code
order by code
