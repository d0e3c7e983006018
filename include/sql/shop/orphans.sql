-- Offers that have no product: their good is unknown, or their variant is and the offer does not describe it.
-- Parameters: most. `total` is the number of all such offers of the kind.
select code, file, line, guid, total
from (
    select
        case when g.guid is null then 'offer_without_good' else 'unknown_variant' end as code,
        min(o.file) as file, min(o.line) as line, o.guid,
        count(*) over (partition by g.guid is null) as total,
        row_number() over (partition by g.guid is null order by min(o.seq)) as place
    from staged_offer as o
    left join product as g on o.good_guid = g.guid
    where not exists (select from product as p where p.guid = o.guid)
    group by o.guid, g.guid
) as orphan
where place <= %(most)s
order by file, line
