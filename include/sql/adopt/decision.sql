-- What a person has decided, for this transaction.
create temporary table decision (
    conflict_id bigint not null,
    external_id text,
    choice text not null
) on commit drop
