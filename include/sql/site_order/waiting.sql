-- How many of the account's orders the shop does not have as they are now. Parameters: account.
select count(*) as waiting
from site_order as s
inner join posting as p on s.posting_id = p.posting_id
where
    p.account = %(account)s
    and (s.state in ('waiting', 'sending') or p.version > s.sent_version and p.version > s.tried_version)
