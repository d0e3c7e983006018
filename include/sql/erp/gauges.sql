-- What a monitor wants to know of orders, in one look. Reads only. Parameters: now.
select
    (
        select coalesce(jsonb_agg(jsonb_build_array(s.account, s.status, s.orders)), '[]')
        from (
            select
                account,
                status,
                count(*) as orders
            from posting
            where status in ('new', 'to_assemble', 'to_ship', 'disputed')
            group by account, status
        ) as s
    ) as open_orders,
    (
        select coalesce(jsonb_agg(jsonb_build_array(k.consumer, k.packs, k.age)), '[]')
        from (
            select
                consumer,
                count(*) as packs,
                extract(epoch from %(now)s - min(made_at))::float as age
            from erp_pack
            where answered_at is null
            group by consumer
        ) as k
    ) as open_packs,
    (
        select coalesce(jsonb_agg(jsonb_build_array(d.consumer, d.orders, d.age)), '[]')
        from (
            select
                consumer,
                count(*) as orders,
                extract(epoch from %(now)s - min(since))::float as age
            from erp_due
            group by consumer
        ) as d
    ) as due_orders,
    (
        select coalesce(jsonb_agg(jsonb_build_array(e.account, e.events)), '[]')
        from (
            select
                account,
                count(*) as events
            from posting_event
            where state = 'set_aside'
            group by account
        ) as e
    ) as set_aside,
    (
        select coalesce(jsonb_agg(jsonb_build_array(t.kind, t.tasks)), '[]')
        from (
            select
                kind,
                count(*) as tasks
            from order_task
            where state in ('waiting', 'doing')
            group by kind
        ) as t
    ) as open_tasks
