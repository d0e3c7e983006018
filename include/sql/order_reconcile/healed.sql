-- What was brought in. Parameters: reconciliation_id, side, numbers.
update order_difference
set healed = true
where
    reconciliation_id = %(reconciliation_id)s and side = %(side)s and number = any(%(numbers)s)
    and cause not in ('in_flight', 'missing_there', 'unknown_in_shop', 'copies_in_shop')
