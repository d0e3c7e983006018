-- The ERP took these orders: free pieces that it counts from now on know of them. Parameters: ids, now.
update reservation
set booked_after = %(now)s
where posting_id = any(%(ids)s) and ended_at is null and booked_after is null
