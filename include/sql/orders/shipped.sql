-- The ERP reported that the order left the store: what it counts from now on knows of that, of the pieces that it took.
-- Parameters: posting_id, now.
with left_the_store as (
    update posting
    set shipped_at = coalesce(shipped_at, %(now)s)
    where posting_id = %(posting_id)s
)

update reservation as r
set shipped_after = coalesce(r.shipped_after, %(now)s), booked_after = coalesce(r.booked_after, %(now)s)
where
    r.posting_id = %(posting_id)s and r.ended_at is null
    and (
        not exists (select 1 from erp_pack_posting as t where t.posting_id = r.posting_id)
        or exists (
            select 1
            from erp_pack_posting as t
            where t.posting_id = r.posting_id and t.state = 'taken' and t.version >= r.since_version
        )
    )
