-- Open alerts, or let the open ones of their keys grow; otherwise only their words follow. Returns those that are new
-- or have grown. Parameters: rows (a JSON array of {key, level, message, account, posting_id}, each key once), now.
with told as (
    select r.key, r.level, r.message, r.account, r.posting_id
    from jsonb_to_recordset(%(rows)s::jsonb)
        as r (key text, level text, message text, account text, posting_id bigint)
),

grown as (
    insert into alert (key, level, account, posting_id, message, since, raised_at)
    select t.key, t.level, t.account, t.posting_id, t.message, %(now)s, %(now)s
    from told as t
    order by t.key
    on conflict (key) where ended_at is null do update
        set
            level = excluded.level,
            message = excluded.message,
            raised_at = excluded.raised_at,
            told_at = null
        where
            array_position(array['notice', 'warning', 'urgent'], excluded.level)
            > array_position(array['notice', 'warning', 'urgent'], alert.level)
    returning key
),

reworded as (
    update alert as a
    set message = t.message
    from told as t
    where
        a.key = t.key and a.ended_at is null and a.message <> t.message
        and not exists (select 1 from grown as g where g.key = t.key)
)

select g.key from grown as g
