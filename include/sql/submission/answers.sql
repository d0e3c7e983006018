-- The marketplace's answers, item by item, for the statements of this transaction.
create temporary table answer (
    offer_id bigint not null,
    warehouse text not null,
    result text not null,
    again_at timestamptz,
    waits_for text,
    code text,
    field text,
    message text,
    external_id text,
    sku text,
    sent_amount numeric(14, 2),
    primary key (offer_id, warehouse)
) on commit drop
