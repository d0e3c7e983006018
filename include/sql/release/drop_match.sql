-- The working table of a decision ends with it: a transaction may make several.
drop table if exists asked_item
