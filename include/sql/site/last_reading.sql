-- The last reading of the site that succeeded.
select began_at
from site_reading
where state = 'done'
order by site_reading_id desc
limit 1
