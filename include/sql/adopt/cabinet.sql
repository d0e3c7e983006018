-- What the cabinet shows, for this session.
create temporary table cabinet_card (
    external_id text not null,
    article text,
    sku text,
    barcodes text[] not null,
    name text,
    state text not null,
    ready bool not null,
    hash bytea,
    document jsonb
);
create temporary table cabinet_value (
    channel text not null,
    external_id text not null,
    warehouse text not null,
    amount numeric(14, 2),
    old numeric(14, 2),
    floor numeric(14, 2),
    text text,
    state text not null
)
