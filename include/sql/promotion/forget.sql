-- Actions that are neither listed nor ours any more. Parameters: account, actions (those that stay).
delete from promotion
where account = %(account)s and not (action = any(%(actions)s::text[]))
