-- The pack whose last orders have been without an answer for longest; what was handed out after %(before)s rests.
-- Reads only. Parameters: consumer, before.
select
    pack_id,
    made_at
from erp_pack
where consumer = %(consumer)s and answered_at is null and fetched_at < %(before)s
order by fetched_at, pack_id
limit 1
