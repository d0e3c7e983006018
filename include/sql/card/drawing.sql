-- What was rendered in this transaction.
create temporary table drawing (
    offer_id bigint primary key,
    source_hash bytea not null,
    hash bytea,
    store_fields text[],
    ask_fields text[],
    ask_hash bytea,
    same_values bool not null,              -- fields changed hands, and those compared from now on have the same values
    ask_moved bool not null,                -- other fields are on ask than before
    ask_known bool not null,                -- their values are those that were compared before
    code text,
    field text,
    message text
) on commit drop
