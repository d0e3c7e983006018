-- How many requests of an account wait to be put to a person. Parameters: account, now.
select count(*)::int as n
from hold_request as q
where
    q.account = %(account)s and q.state = 'open'
    and (q.asked_until is null or q.asked_until <= %(now)s)
    and exists (
        select 1
        from hold_item as i
        where
            i.request_id = q.request_id and i.ended is null
            and (q.asked_until is not null or q.asked_at is null or i.added_at > q.asked_at)
    )
