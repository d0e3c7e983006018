-- What was planned for a new card is planned anew for the one that is there. Parameters: now. Reads taking.
update change as c
set state = 'superseded', finished_at = %(now)s
from taking as t
where c.offer_id = t.offer_id and c.state in ('planned', 'held')
