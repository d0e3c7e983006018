-- The newest first, with what became of their deliveries. Parameters: session_id, kind.
select
    b.number,
    b.state,
    b.names,
    b.exchange_id,
    b.result,
    e.state as delivery,
    e.kind as delivered,
    e.reading,
    coalesce(e.counts ? 'part_of_full', false) as part_of_full
from exchange_batch as b
left join exchange as e using (exchange_id)
where b.session_id = %(session_id)s and b.kind = %(kind)s and b.state <> 'open'
order by b.number desc
