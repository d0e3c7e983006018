-- One pack is made at a time, whichever process makes it. Parameters: consumer.
select pg_advisory_xact_lock(hashtextextended('erp_pack/' || %(consumer)s, 0))
