-- Ids that stand in one file more than once, with the line that counts, the last one. Parameters: most.
-- `total` is the number of all such ids of the kind.
select entity, file, line, guid, times, total
from (
    select
        'good' as entity, file, max(line) as line, guid, count(*) as times,
        count(*) over () as total, row_number() over () as place
    from staged_good
    where guid = good_guid
    group by file, guid
    having count(*) > 1
    union all
    select
        'offer' as entity, file, max(line) as line, guid, count(*) as times,
        count(*) over () as total, row_number() over () as place
    from staged_offer
    group by file, guid
    having count(*) > 1
) as repeated
where place <= %(most)s
order by entity, file, line
