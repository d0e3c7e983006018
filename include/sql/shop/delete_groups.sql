-- A full delivery's classifier names all groups. Parameters: guids.
delete from product_group where guid <> all(%(guids)s)
