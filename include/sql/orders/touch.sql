-- Orders that were read again and have not changed. Parameters: ids, began_at.
update posting
set read_at = %(began_at)s, heard_at = case when heard_at > %(began_at)s then heard_at end
where posting_id = any(%(ids)s)
