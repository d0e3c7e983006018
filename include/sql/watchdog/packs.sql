-- What the ERP does not do: orders that it was not given, packs that it fetched and does not answer.
-- Parameters: before (older ones count).
select
    (select count(*) from erp_key where revoked_at is null) as keys,
    waiting.n as waiting, waiting.since as waiting_since, waiting.number,
    unanswered.n as unanswered, unanswered.since as unanswered_since, unanswered.pack_id
from (
    select count(*) as n, min(p.received_at) as since, min(p.number) as number
    from posting as p
    where
        p.erp_state = 'waiting' and p.status in ('new', 'to_assemble', 'to_ship')
        and p.received_at < %(before)s
        and not exists (
            select 1
            from erp_pack_posting as g
            inner join erp_pack as k using (pack_id)
            where g.posting_id = p.posting_id and k.fetched_at is not null
        )
) as waiting
cross join (
    -- fetching it again and again is no answer
    select count(*) as n, min(made_at) as since, min(pack_id) as pack_id
    from erp_pack
    where answered_at is null and fetched_at is not null and made_at < %(before)s
) as unanswered
