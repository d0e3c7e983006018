-- The last reading of the site that succeeded, and the error of the last one that was tried. Reads only.
select
    done.began_at as at,
    tried.error
from (select error from site_reading order by site_reading_id desc limit 1) as tried
left join (
    select began_at from site_reading where state = 'done' order by site_reading_id desc limit 1
) as done on true
