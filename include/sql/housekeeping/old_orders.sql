-- Orders that ended long ago, with their files. Parameters: before, limit.
select
    p.posting_id,
    array_remove(array[l.file, s.label_file], null) as files
from posting as p
left join label as l using (posting_id)
left join shipment as s using (posting_id)
where
    p.ended_at < %(before)s
    and not exists (select 1 from reservation as r where r.posting_id = p.posting_id and r.ended_at is null)
order by p.posting_id
limit %(limit)s
