-- Links that were never looked at, or have to be looked at again, the new ones first. Parameters: now.
-- Reads offer_picture.
select
    w.url,
    l.etag,
    l.modified,
    coalesce(l.failures, 0) as failures,
    l.state
from (select distinct url from offer_picture where url is not null and code is distinct from 'beyond_limit') as w
left join picture_link as l on w.url = l.url
where l.url is null or l.again_at <= %(now)s
order by l.again_at nulls first, w.url
