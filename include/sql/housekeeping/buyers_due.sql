-- Buyers whose data has to go: so long after the end of their order, at the latest so long after it was made, and in
-- any case when their own time is over; with the files on which they are printed. An account without a row here has
-- only the last of these. Parameters: accounts, ended_days, made_days (one for each account), now, limit.
select
    b.posting_id,
    array_remove(array[l.file, s.label_file], null) as files
from buyer as b
inner join posting as p using (posting_id)
left join unnest(%(accounts)s::text[], %(ended_days)s::int[], %(made_days)s::int[])
    as k (account, ended_days, made_days) on p.account = k.account
left join label as l using (posting_id)
left join shipment as s using (posting_id)
where
    b.erase_after <= %(now)s
    or p.ended_at <= %(now)s - make_interval(days => k.ended_days)
    or coalesce(p.created_at, p.received_at) <= %(now)s - make_interval(days => k.made_days)
order by b.posting_id
limit %(limit)s
