-- Make room for what was read now. Parameters: account.
delete from adoption_card where account = %(account)s
