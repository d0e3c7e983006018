-- What of accounts.yaml's promotions cannot be done now. Parameters: account.
select setting, code, message, since from promotion_problem where account = %(account)s order by setting
