-- Whose the fields of a card are: the hash covers those that the store owns, and what is read back is compared over
-- the same fields. Fields on ask have a hash of their own; it is the channel's text, beside the hash of the store's.
alter table rendered
add column store_fields text[],
add column ask_fields text[],
add column ask_hash bytea;
-- Rendered before fields had owners: rendered again by the next run, and compared with nothing until then.
delete from rendered;

-- Complex attributes: whether the whole group of attributes may be given several times.
alter table dictionary_attribute add column complex_collection bool not null default false;
