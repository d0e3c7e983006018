-- Rows that say no more than that a good or a variant is deleted. Parameters: exchange_id, now.
update product as p
set deleted = true, exchange_id = %(exchange_id)s, changed_at = %(now)s
from staged_good as s
where p.guid = s.guid and s.hash is null and s.deleted and not p.deleted
