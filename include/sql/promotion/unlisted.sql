-- An action that we are in and that the marketplace does not list any more. Parameters: account, action, read_at.
update promotion
set listed = false, place = null, setting = null, read_at = %(read_at)s
where account = %(account)s and action = %(action)s
