-- What was rendered in this transaction.
create temporary table drawing (
    offer_id bigint primary key,
    source_hash bytea not null,
    hash bytea,
    code text,
    field text,
    message text
) on commit drop
