-- What a reconciliation came to. Parameters: account, reconciliation_id, channel (of the cards).
select jsonb_build_object(
    'offers', (select count(*) from offer where account = %(account)s and wanted),
    'shown', (
        select count(*)
        from observation
        where reconciliation_id = %(reconciliation_id)s and channel = %(channel)s
    ),
    'differences', (select count(*) from difference where reconciliation_id = %(reconciliation_id)s),
    'offers_with_differences', (
        select count(distinct offer_id) from difference where reconciliation_id = %(reconciliation_id)s
    ),
    'healed', (select count(*) from difference where reconciliation_id = %(reconciliation_id)s and healed),
    'causes', (
        select coalesce(jsonb_object_agg(cause, n), '{}')
        from (
            select cause, count(*) as n
            from difference
            where reconciliation_id = %(reconciliation_id)s
            group by cause
        ) as by_cause
    )
) as counts
