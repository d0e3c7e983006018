-- What an earlier attempt at this delivery reported is void. Parameters: exchange_id.
delete from exchange_problem where exchange_id = %(exchange_id)s
