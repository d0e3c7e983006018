-- The oldest pack to which no answer has come at all. Reads only. Parameters: consumer.
select
    k.pack_id,
    k.made_at
from erp_pack as k
where
    k.consumer = %(consumer)s
    and k.answered_at is null
    and not exists (select 1 from erp_pack_posting as e where e.pack_id = k.pack_id and e.state <> 'open')
order by k.pack_id
limit 1
