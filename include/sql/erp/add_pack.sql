-- A new pack. Parameters: consumer, now.
insert into erp_pack (consumer, made_at)
values (%(consumer)s, %(now)s)
returning pack_id, made_at
