-- What an adoption came to. Parameters: account. Reads taking.
select jsonb_build_object(
    'cards', (select count(*) from adoption_card where account = %(account)s),
    'archived', (select count(*) from adoption_card where account = %(account)s and state = 'archived'),
    'adopted', (select count(*) from taking),
    'ours', (select count(*) from adoption_card where account = %(account)s and outcome = 'ours'),
    'alone', (select count(*) from adoption_card where account = %(account)s and outcome = 'alone'),
    'conflicts', (select count(*) from adoption_conflict where account = %(account)s and state = 'open'),
    'ignored', (select count(*) from adoption_conflict where account = %(account)s and state = 'ignored'),
    'by_key', (
        select coalesce(jsonb_object_agg(key, n), '{}')
        from (select key, count(*) as n from taking group by key) as keys
    ),
    'by_kind', (
        select coalesce(jsonb_object_agg(kind, n), '{}')
        from (
            select kind, count(*) as n
            from adoption_conflict
            where account = %(account)s and state = 'open'
            group by kind
        ) as kinds
    )
) as counts
