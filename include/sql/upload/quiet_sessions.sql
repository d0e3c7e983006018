-- Sessions of the old dialogue, which has no last word, that brought portions of a full load, all of them imported, and
-- then fell silent. Reads only. Parameters: before.
select
    s.session_id,
    s.key_id,
    k.name as key_name,
    s.folder,
    s.place,
    s.began_at,
    s.version
from exchange_session as s
inner join erp_key as k using (key_id)
where
    s.ended_at is null
    and s.closing_id is null
    and s.version is null
    and s.seen_at < %(before)s
    and exists (
        select 1
        from exchange_batch as b
        inner join exchange as e using (exchange_id)
        where b.session_id = s.session_id and e.reading = 'part' and e.counts ? 'part_of_full'
    )
    and not exists (
        select 1
        from exchange_batch as b
        left join exchange as e using (exchange_id)
        where
            b.session_id = s.session_id
            and b.kind = 'catalog'
            and (
                b.state in ('open', 'refused')
                or e.state is distinct from 'imported' and b.state = 'handed'
                or exists (select 1 from unnest(b.names) as name where strpos(name, '___') > 0)
            )
    )
order by s.session_id
