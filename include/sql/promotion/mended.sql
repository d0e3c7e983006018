-- Forget the problems that are over. Parameters: account, settings (those that last).
delete from promotion_problem
where account = %(account)s and not (setting = any(%(settings)s::text[]))
