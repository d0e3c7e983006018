-- Whether the pages of the account's last labels of several orders did not say whose they are.
-- Parameters: account, since.
select unnamed
from label_request
where
    account = %(account)s and state = 'done' and (unnamed or cardinality(numbers) > 1) and created_at >= %(since)s
order by label_request_id desc
limit 1
