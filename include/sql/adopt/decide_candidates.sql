-- Which cards are not the good's. Reads decision; can run again.
update adoption_candidate as said
set rejected = d.choice = 'reject'
from decision as d
where
    said.conflict_id = d.conflict_id and said.external_id = d.external_id and d.choice in ('take', 'reject')
    and said.rejected <> (d.choice = 'reject')
