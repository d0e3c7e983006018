-- Take the oldest waiting delivery (or the one asked for). Whoever runs this holds the import lock, so a row that is
-- being imported was left by a process that died. Parameters: exchange_id (null: any), now.
update exchange
set
    state = 'importing', started_at = %(now)s, finished_at = null, kind = null, counts = '{}', error = null
where
    exchange_id = (
        select exchange_id
        from exchange
        where
            state in ('delivered', 'importing')
            and (%(exchange_id)s::bigint is null or exchange_id = %(exchange_id)s)
        order by delivered_at, exchange_id
        limit 1
        for update skip locked
    )
returning exchange_id, source, location, delivered_at, began_at, reading
