-- What the reconciliation of orders came to, kept beside that of goods.
-- Parameters: reconciliation_id, error, shop_error.
update reconciliation as r
set counts = r.counts || jsonb_build_object(
    'orders', (
        select jsonb_build_object(
            'read', count(*) filter (where o.side = 'marketplace'),
            'here', count(*) filter (where o.side = 'here'),
            'in_shop', count(*) filter (where o.side = 'shop'),
            'differing', (
                select count(distinct d.number)
                from order_difference as d
                where d.reconciliation_id = r.reconciliation_id
            ),
            'healed', (
                select count(distinct d.number)
                from order_difference as d
                where d.reconciliation_id = r.reconciliation_id and d.healed
            ),
            'causes', (
                select coalesce(jsonb_object_agg(c.code, c.n), '{}')
                from (
                    select d.side || ':' || d.cause as code, count(*) as n
                    from order_difference as d
                    where d.reconciliation_id = r.reconciliation_id
                    group by d.side, d.cause
                ) as c
            ),
            'error', %(error)s::text,
            'shop_error', %(shop_error)s::text
        )
        from order_observation as o
        where o.reconciliation_id = r.reconciliation_id
    )
)
where r.reconciliation_id = %(reconciliation_id)s
returning r.counts -> 'orders' as counts
