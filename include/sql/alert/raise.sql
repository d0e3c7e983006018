-- Open an alert, or let the open one of its key grow; otherwise only its words follow. No row: neither new nor grown.
-- Parameters: key, level, message, now, account (null: none), posting_id (null: none).
with grown as (
    insert into alert (key, level, account, posting_id, message, since, raised_at)
    values (%(key)s, %(level)s, %(account)s, %(posting_id)s, %(message)s, %(now)s, %(now)s)
    on conflict (key) where ended_at is null do update
        set
            level = excluded.level,
            message = excluded.message,
            raised_at = excluded.raised_at,
            told_at = null
        where
            array_position(array['notice', 'warning', 'urgent'], excluded.level)
            > array_position(array['notice', 'warning', 'urgent'], alert.level)
    returning alert_id
),

reworded as (
    update alert
    set message = %(message)s
    where
        key = %(key)s and ended_at is null and message <> %(message)s
        and not exists (select 1 from grown)
)

select alert_id from grown
