-- Say in which fields a card differs. Parameters: difference_id, desired, observed, detail.
update difference
set desired = %(desired)s, observed = %(observed)s, detail = %(detail)s
where difference_id = %(difference_id)s
