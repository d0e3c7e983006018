-- What a channel should show, for the rest of this transaction. Filled by desired/<kind>.sql.
create temporary table desired (
    offer_id bigint not null,
    warehouse text not null,
    amount numeric(14, 2),
    old numeric(14, 2),
    floor numeric(14, 2),
    store_floor numeric(14, 2),
    currency text,
    hash bytea,
    text text,
    exchange_id bigint,
    ceiling numeric(14, 2),
    price_rule int,
    kept text,
    wished numeric(14, 2),
    origin text                 -- why it is lower than the store counts: stop, age, order; null: it is not
) on commit drop
