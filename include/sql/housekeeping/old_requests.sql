-- Forget requests that were closed long ago, with their verdicts, once no kept change was let go by one.
-- Parameters: before.
with old as (
    select q.request_id
    from hold_request as q
    where
        q.state <> 'open' and q.changed_at < %(before)s
        and not exists (
            select 1
            from release as r
            where
                r.request_id = q.request_id
                and (
                    r.expires_at >= %(before)s
                    or exists (select 1 from change as c where c.release_id = r.release_id)
                )
        )
),

verdicts as (
    delete from release where request_id in (select request_id from old)
)

delete from hold_request where request_id in (select request_id from old)
