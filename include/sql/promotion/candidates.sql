-- The products of one action as they are read, for the statements of this transaction.
create temporary table invited (
    external_id text not null,
    max_price numeric(14, 2),
    recommended numeric(14, 2),
    min_stock int not null,
    joined bool not null,
    amount numeric(14, 2),
    by_itself bool not null
) on commit drop
