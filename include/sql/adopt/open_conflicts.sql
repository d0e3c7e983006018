-- Conflicts that are open now. A decision that cannot be carried out, and a good that was ignored and has another
-- candidate, are asked about again. Parameters: account, now. Reads problem.
insert into adoption_conflict as known (account, product_id, kind, state, since)
select %(account)s, product_id, kind, 'open', %(now)s
from problem
on conflict (account, product_id) do update
set kind = excluded.kind, state = 'open', choice = null, external_id = null, decided_at = null, decided_by = null
where
    (known.kind, known.state) is distinct from (excluded.kind, 'open')
