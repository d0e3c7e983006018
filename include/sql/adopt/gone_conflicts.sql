-- A card that a person chose and that the cabinet has no more: the good waits, since nobody asked for a new one.
-- Parameters: account. Reads store_good, taking and problem.
update adoption_conflict as c
set kind = 'gone', state = 'open', choice = null, external_id = null, decided_at = null, decided_by = null
from store_good as g
where
    c.account = %(account)s and c.product_id = g.product_id and c.choice = 'take'
    and not exists (select 1 from taking as t where t.product_id = c.product_id)
    and not exists (select 1 from problem as p where p.product_id = c.product_id)
