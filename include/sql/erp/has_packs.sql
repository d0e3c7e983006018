-- Whether anybody has ever asked for packs in this way. Reads only. Parameters: consumer.
select exists(select 1 from erp_pack where consumer = %(consumer)s) as has_packs
