-- A handover of what is ready, once for each delivery method and day.
-- Parameters: account, delivery_method, departure_date, asked_by, now.
insert into handover (account, delivery_method, departure_date, state, asked_by, created_at, changed_at)
values (%(account)s, %(delivery_method)s, %(departure_date)s, 'waiting', %(asked_by)s, %(now)s, %(now)s)
on conflict (account, delivery_method, departure_date) do update
set
    state = case when handover.state = 'refused' then 'waiting' else handover.state end,
    not_before = case when handover.state = 'refused' then null else handover.not_before end,
    changed_at = %(now)s
returning handover_id
