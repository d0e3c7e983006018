-- Whether anything is urgently wrong with the system itself, whatever the orders are like.
select exists(
    select 1
    from alert
    where ended_at is null and level = 'urgent' and starts_with(key, 'watch/')
) as troubled
