-- The cards that a good with a conflict may own: all exact ones; alike ones where they are nobody's.
-- Parameters: account. Reads problem, pair, owned and taking.
insert into adoption_candidate (conflict_id, external_id, keys)
select c.conflict_id, p.external_id, p.keys
from problem
inner join pair as p using (product_id)
inner join adoption_conflict as c on c.account = %(account)s and c.product_id = problem.product_id
where
    p.rank < 9
    or (
        not exists (select 1 from owned where owned.external_id = p.external_id)
        and not exists (select 1 from taking as t where t.external_id = p.external_id)
    )
on conflict do nothing
