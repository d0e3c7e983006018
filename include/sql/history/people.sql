-- What people did to an offer, to its account or to a channel of it, and decided about its held values, until a time;
-- the newest first. Parameters: offer_id, account, at, limit.
select *
from (
    select
        at, author, action, channel, '' as warehouse, reason, null::bigint as request_id, null::timestamptz as until,
        null::numeric as to_amount, null::numeric as to_old, null::numeric as to_floor, null as to_text,
        null as to_hash, null as guard, offer_id is null as on_account
    from intervention
    where
        account = %(account)s and (offer_id = %(offer_id)s or (offer_id is null and request_id is null))
        and at <= %(at)s
    union all
    select
        decided_at, author, case verdict when 'released' then 'release' else 'discard' end, channel, warehouse, reason,
        request_id, expires_at, to_amount, to_old, to_floor, to_text, encode(to_hash, 'hex'), guard, false
    from release
    where offer_id = %(offer_id)s and decided_at <= %(at)s
) as people
order by at desc
limit %(limit)s
