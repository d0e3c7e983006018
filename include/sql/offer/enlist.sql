-- Candidates without an obstacle become offers. Parameters: account. Can run again.
insert into offer (account, product_id, article)
select %(account)s, product_id, article
from candidate
where code is null
order by product_id
on conflict do nothing
