-- Which of these cards belong to offers of the account. Parameters: account, external_ids.
select external_id from offer where account = %(account)s and external_id = any(%(external_ids)s::text[])
