-- A pack that is being answered. Parameters: pack_id, consumer.
select
    pack_id,
    made_at,
    answered_at
from erp_pack
where pack_id = %(pack_id)s and consumer = %(consumer)s
for update
