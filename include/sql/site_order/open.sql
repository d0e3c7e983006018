-- The orders that the shop does not have as they are now, and why. Parameters: account (null: all).
select
    p.account, p.number, p.status, s.state, s.in_doubt, s.attempts, s.not_before, s.error
from site_order as s
inner join posting as p on s.posting_id = p.posting_id
where
    (%(account)s::text is null or p.account = %(account)s)
    and (s.state <> 'there' or p.version > s.sent_version)
order by p.account, p.number
