-- A delivery waits for its import. Parameters: location, began_at, reading, now.
insert into exchange (source, location, state, delivered_at, began_at, reading)
values ('1c', %(location)s, 'delivered', %(now)s, %(began_at)s, %(reading)s)
returning exchange_id
