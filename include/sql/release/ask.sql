-- Take one request that a person has to be asked about; the same one where this run asked before.
-- Parameters: account, run, now, until.
with chosen as (
    select q.request_id
    from hold_request as q
    where
        q.account = %(account)s and q.state = 'open'
        and (
            q.asked_by = %(run)s and q.asked_until > %(now)s
            or (q.asked_until is null or q.asked_until <= %(now)s)
            and exists (
                select 1
                from hold_item as i
                where
                    i.request_id = q.request_id and i.ended is null
                    and (q.asked_until is not null or q.asked_at is null or i.added_at > q.asked_at)
            )
        )
    order by coalesce(q.asked_by = %(run)s, false) desc, q.request_id
    limit 1
    for update skip locked
)

update hold_request as q
set asked_at = %(now)s, asked_until = %(until)s, asked_by = %(run)s
from chosen
where q.request_id = chosen.request_id
returning q.request_id, q.channel, q.counts, q.examples
