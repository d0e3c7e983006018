-- What is held and neither asked about nor turned down belongs to the channel's open request.
-- Parameters: account, channel, now.
with loose as (
    select c.change_id
    from change as c
    inner join offer as o using (offer_id)
    where
        o.account = %(account)s and c.channel = %(channel)s and c.state = 'held'
        and not exists (
            select 1
            from hold_item as i
            inner join hold_request as q using (request_id)
            where i.change_id = c.change_id and i.ended is null and q.state = 'open'
        )
        and not exists (
            select 1
            from release as d
            where
                d.offer_id = c.offer_id and d.channel = c.channel and d.warehouse = c.warehouse
                and d.verdict = 'discarded' and d.expires_at > %(now)s
                and (d.to_amount, d.to_old, d.to_floor, d.to_hash, d.to_text)
                is not distinct from (c.to_amount, c.to_old, c.to_floor, c.to_hash, c.to_text)
        )
),

opened as (
    insert into hold_request (account, channel, opened_at, changed_at)
    select %(account)s, %(channel)s, %(now)s, %(now)s
    where exists (select 1 from loose)
    on conflict (account, channel) where state = 'open' do update set changed_at = excluded.changed_at
    returning request_id
)

insert into hold_item (request_id, change_id, added_at)
select o.request_id, l.change_id, %(now)s
from opened as o
cross join loose as l
on conflict (request_id, change_id) do update set added_at = excluded.added_at, ended = null, ended_at = null
