-- Write a plan's counts into it. Parameters: plan_id.
update plan
set counts = (
    select coalesce(jsonb_object_agg(kind, n), '{}')
    from (
        select coalesce(guard, state) as kind, count(*) as n
        from change
        where plan_id = %(plan_id)s
        group by 1
    ) as counted
)
where plan_id = %(plan_id)s
returning counts
