-- A plan, if there is anything new in it. Parameters: account, channel, kind, mapping_version, now.
insert into plan (account, channel, kind, mapping_version, created_at)
select %(account)s, %(channel)s, %(kind)s, %(mapping_version)s, %(now)s
where exists (
    select 1
    from pending as p
    where not exists (
        select 1
        from change as c
        where
            c.offer_id = p.offer_id and c.channel = %(channel)s and c.warehouse = p.warehouse
            and c.state in ('planned', 'held', 'sent')
    )
)
returning plan_id
