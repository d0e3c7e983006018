-- The working tables of one comparison end with it: a transaction may make several.
drop table if exists desired, pending
