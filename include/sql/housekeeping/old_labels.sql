-- Orders that ended long ago and still have a label. Parameters: before, limit.
select
    p.posting_id,
    array_remove(array[l.file, s.label_file], null) as files
from posting as p
left join label as l using (posting_id)
left join shipment as s using (posting_id)
where p.ended_at < %(before)s and (l.file is not null or s.label_file is not null)
order by p.posting_id
limit %(limit)s
