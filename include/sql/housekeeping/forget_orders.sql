-- These orders go, with all that hangs on them. Parameters: ids.
delete from posting where posting_id = any(%(ids)s)
