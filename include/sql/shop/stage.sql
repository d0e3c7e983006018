-- Where one delivery's rows wait for the merge; gone with the transaction. Lists, and names with their values in turn,
-- stay text here, parted by U+001E: only rows that changed are worth the parsing.
create temporary table staged_good (
    seq bigint not null, file int not null, line int not null, guid text not null, good_guid text not null,
    deleted bool not null, hash text, article text, code text, name text, full_name text, description text,
    brand text, unit text, vat text, group_guid text, barcodes text, pictures text,
    properties text, characteristics text, requisites text
) on commit drop;
create temporary table staged_offer (
    seq bigint not null, file int not null, line int not null, guid text not null, good_guid text not null,
    prices bool not null, stocks bool not null, whole bool not null
) on commit drop;
create temporary table staged_price (
    seq bigint not null, type int not null, amount numeric(18, 2), currency text
) on commit drop;
create temporary table staged_stock (
    seq bigint not null, warehouse int not null, quantity numeric(18, 3) not null
) on commit drop;
