-- Which card is the good's, or that it gets a new one. Parameters: author, now. Reads decision; can run again.
update adoption_conflict as c
set
    state = 'decided', choice = d.choice, external_id = case when d.choice = 'take' then d.external_id end,
    decided_at = %(now)s, decided_by = %(author)s
from decision as d
where
    c.conflict_id = d.conflict_id and d.choice in ('take', 'create')
    and (c.choice is distinct from d.choice or (d.choice = 'take' and c.external_id is distinct from d.external_id))
